"""Texts changed by a rule: one text for another, lines sorted, left out, taken, joined."""

import pytest
from doing import done

FIRM = {
    "a.md": "Northwind Ltd is here. Northwind Ltd.\n",
    "s/b.md": "by Northwind Ltd\r\n",
    "c.txt": "Northwind Ltd\n",
    "名.txt": "旧名在这里，旧名。\n",
    "q/名2.txt": "旧名\n",
    "essay.txt": "The colour of many colours. A Mr. Smith.\n",
    "pets.txt": "cat category\n",
    "meta.txt": "author: Al\ntitle\n",
}


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        (
            'Replace "Northwind Ltd" by "Northwind GmbH" in all Markdown files here and in the subfolders, but leave '
            "files of other types alone",
            {"a.md": "Northwind GmbH is here. Northwind GmbH.\n", "s/b.md": "by Northwind GmbH\r\n"},
        ),
        ("把所有 txt 文件里的“旧名”替换成“新名”", {"名.txt": "新名在这里，新名。\n", "q/名2.txt": "新名\n"}),
        ("在所有 md 文件里，把“Ltd”替换为“AG”，txt 文件不要动。",
         {"a.md": "Northwind AG is here. Northwind AG.\n", "s/b.md": "by Northwind AG\r\n"}),
        ("change every 'colour' to 'color' in essay.txt", {"essay.txt": "The color of many colors. A Mr. Smith.\n"}),
        ("请将 essay.txt 中的 colour 全部改成 color。", {"essay.txt": "The color of many colors. A Mr. Smith.\n"}),
        ("In essay.txt, replace 'Mr. Smith' with 'Ms. Jones'.",
         {"essay.txt": "The colour of many colours. A Ms. Jones.\n"}),
        ("Find all occurrences of 'cat ' in pets.txt and replace them with 'dog '.", {"pets.txt": "dog category\n"}),
        ("Replace the word cat with dog in pets.txt", {"pets.txt": "dog category\n"}),
        ("Replace Ltd with AG in all files in s/", {"s/b.md": "by Northwind AG\r\n"}),
    ],
)  # fmt: skip
def test_a_text_is_replaced_where_the_goal_says_and_nowhere_else(goal, changed, tmp_path):
    assert done(goal, FIRM, tmp_path) == FIRM | changed


LINES = {
    "list.txt": "pear\nApple\nfig\n",
    "dups.txt": "x\ny\nx\nz\ny\n",
    "gaps.txt": "b  \n\n \na\t\n",
    "nums.txt": "10\n9\n2",
    "p1.md": "# One",
    "p2.md": "# Two\n",
    "table.csv": "n,a\nb,1\na,2\n",
    "long.txt": "".join(f"line {number} \n" for number in range(900, 0, -1)),
    "letters.txt": "a A\n",
}
SORTED = "Apple\nfig\npear\n"


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        ("Sort the lines of list.txt alphabetically and save them as sorted.txt.", {"sorted.txt": SORTED}),
        ("把 list.txt 的行按字母顺序排序，结果保存到 排序.txt", {"排序.txt": SORTED}),
        ("Sort list.txt alphabetically.", {"list.txt": SORTED}),
        ("sort the lines in list.txt from Z to A and write them to z.txt", {"z.txt": "pear\nfig\nApple\n"}),
        ("Sort the numbers in nums.txt from smallest to largest", {"nums.txt": "2\n9\n10"}),
        ("Delete duplicate lines in dups.txt, keeping the first of each", {"dups.txt": "x\ny\nz\n"}),
        ("把 dups.txt 去重后保存为 clean.txt", {"clean.txt": "x\ny\nz\n"}),
        ("remove the blank lines from gaps.txt", {"gaps.txt": "b  \na\t\n"}),
        ("去掉 gaps.txt 里的空行", {"gaps.txt": "b  \na\t\n"}),
        ("Strip trailing whitespace from every line of gaps.txt", {"gaps.txt": "b\n\n\na\n"}),
        ("Remove trailing spaces from long.txt", {"long.txt": LINES["long.txt"].replace(" \n", "\n")}),
        ("Remove blank lines and trailing spaces from gaps.txt, then sort it alphabetically and save it as s.txt",
         {"s.txt": "a\nb\n"}),
        ("Reverse the order of the lines in list.txt", {"list.txt": "fig\nApple\npear\n"}),
        ("把 list.txt 的行倒序排列，保存到 倒序.txt", {"倒序.txt": "fig\nApple\npear\n"}),
        ("Convert list.txt to upper case and save it as loud.txt", {"loud.txt": "PEAR\nAPPLE\nFIG\n"}),
        ("把 list.txt 全部转成小写字母", {"list.txt": "pear\napple\nfig\n"}),
        ("Write the first two lines of list.txt to top.txt", {"top.txt": "pear\nApple\n"}),
        ("Take the last 2 lines of long.txt and save them as end.txt", {"end.txt": "line 2 \nline 1 \n"}),
        ("Create rev.txt with the lines of list.txt in reverse order", {"rev.txt": "fig\nApple\npear\n"}),
        ("Make sure every line in dups.txt appears only once", {"dups.txt": "x\ny\nz\n"}),
        ("把 list.txt 的前2行保存为 前.txt", {"前.txt": "pear\nApple\n"}),
        ("Delete the first line of list.txt", {"list.txt": "Apple\nfig\n"}),
        ("Keep only the last 2 lines of list.txt.", {"list.txt": "Apple\nfig\n"}),
        ("Number the lines of list.txt like '1. ' and save as numbered.txt",
         {"numbered.txt": "1. pear\n2. Apple\n3. fig\n"}),
        ("Join all md files into book.md, one after the other in order of their names.", {"book.md": "# One\n# Two\n"}),
        ("把 p2.md 和 p1.md 合并成 book.md", {"book.md": "# Two\n# One\n"}),
    ],
)  # fmt: skip
def test_lines_are_sorted_left_out_taken_and_joined(goal, changed, tmp_path):
    assert done(goal, LINES, tmp_path) == LINES | changed


@pytest.mark.parametrize(
    "goal",
    [
        "Replace cat with dog in pets.txt",  # and in category?
        "Change author to Bob in meta.txt",
        "Replace the old company name by the new one in all Markdown files.",
        "Replace 'Ltd' by 'AG' in a.md, but only in the headings",
        "Replace 'Ltd' by 'AG' in a.md, then tell me how many you changed",
        "Replace 'Ltd' by 'AG' in a.md if it is a name",
        "把 meta.txt 里的 title 改成再见",
        "把 a.md 里第一个“Ltd”改成“AG”",
        "In essay.txt, swap the word colour for a better one.",
        "把 essay.txt 里的英文翻译成中文",
        "Sort nums.txt",
        "Sort the lines of nums.txt",  # as numbers, or as texts?
        "Sort the lines of gaps.txt alphabetically",  # where do the empty ones go?
        "Sort the lines of table.csv alphabetically",  # with its head?
        "Sort the lines of list.txt by length",
        "Sort the words in list.txt alphabetically",
        "Sort the lines of list.txt alphabetically and save them as p1.md.",  # which is there
        "Remove duplicate lines from table.csv",
        "Number the lines of list.txt",
        "Reverse list.txt",
        "Sort the txt files alphabetically",  # the files, or what is in them?
        "Convert all txt files to uppercase",  # or their names?
        "Remove all lines from list.txt that are not about fruit.",
        "Remove all empty lines at the end of gaps.txt",
        "Merge p1.md and p2.md into book.md with a table of contents at the top",
        "Show me the lines of list.txt in alphabetical order",
        "把 list.txt 里不通顺的行删掉",
    ],
)
def test_what_needs_a_reader_or_leaves_something_open_is_left_to_a_model(goal, tmp_path):
    assert done(goal, FIRM | LINES, tmp_path) is None
