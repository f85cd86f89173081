"""In which language prose is written, and what was left to be filled in."""

import time

import pytest

from autogpt.exam.language import chinese_share, placeholders, written_in

LETTER = "尊敬的王经理：\n感谢您在项目启动会上的帮助。\n李娜\n"


@pytest.mark.parametrize(
    ("text", "language", "fine"),
    [
        (LETTER, "zh", True),
        ("Dear Mr. Wang, thank you for your help.", "zh", False),
        ("Dear Mr. Wang, thank you for your help.", "en", True),
        (LETTER, "en", False),
        ("Thank you, 王经理, for the help at our meeting in 北京 last week.", "en", False),
        ("Thank you, Mr. Wang (王), for the help at our meeting in the capital last week.", "en", True),
        ("使用 Python 的 pathlib 模块，把 Markdown 文件改名。See https://example.org/a/very/long/path", "zh", True),
        (
            "# 说明\n```python\nfrom a_module import one, two\nprint(function_one)\n```\n运行即可。",
            "zh",
            True,
        ),
        ("<html><head><style>body {font: small}</style></head><body><h1>老街小馆</h1></body></html>", "zh", True),
        ("联系 help@maple-house.example，文件是 report_final_version.md", "zh", True),
        ("今日はとても良い天気ですね。", "zh", False),
        ("12345 --- 67", "zh", False),
        ("", "en", False),
        ("k U X 5 * # h m % r o R rain " * 4, "en", False),
        ("x + y = z, so the sum of a and b is c. " * 4, "en", True),
        ("平均分是84.00分", "zh", True),
        ("一共删除了3个文件：data/a.log, data/b.log, data/old/c.log", "zh", True),
    ],
)
def test_the_language_is_that_of_the_prose(text: str, language, fine: bool):
    assert (written_in(text, language) == "") is fine


def test_code_addresses_and_markup_do_not_count():
    assert chinese_share("你好 `some code here` <b class='x'>世界</b> https://example.org") == 1.0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Best regards,\n[Your Name]", ("[Your Name]",)),
        ("Dear [Recipient's Name],\n[Company Address]\n[Date]", ("[Recipient's Name]", "[Company Address]", "[Date]")),
        ("<insert date here> and {your city}", ("<insert date here>", "{your city}")),
        ("此致\n[你的名字]", ("[你的名字]",)),
        ("【您的姓名】，（请填写日期）", ("【您的姓名】", "（请填写日期）")),
        ("[姓名]\n[公司名称]", ("[姓名]", "[公司名称]")),
        ("Lorem ipsum dolor", ("Lorem ipsum",)),
        ("Call XXX or xxxx", ("XXX", "xxxx")),
        ("XX公司，xx先生", ("XX", "xx")),
        ("TODO: write this\nTBD", ("TODO", "TBD")),
    ],
)
def test_what_was_left_to_be_filled_in_is_found(text: str, left: tuple[str, ...]):
    assert sorted(placeholders(text)) == sorted(left)


@pytest.mark.parametrize(
    "text",
    [
        "See [the guide](guide.md), [Name](n.md) and [Date][1].\n\n[Date]: https://example.org",
        "- [ ] Milk\n- [x] Bread\n- [X] Eggs",
        "The list is [1, 2, 3] and names[0] is first; use `[Your Name]` as the pattern.",
        "```\nTODO: [Your Name] XXX\n```",
        "My TODO list\n# TODO\n- buy milk",
        "金额（单位：万元）和【公司简介】与【日期】2024年",
        "用法：greet <姓名>",
        "X轴 and XXL, x = 3, xx.py, max",
        "[INFO] server started [12:30]",
        "[project]\nname = 'a'",
        "<title>Name</title><p class='your-class'>Hi</p>",
    ],
)
def test_links_boxes_lists_and_headings_are_no_placeholders(text: str):
    assert placeholders(text) == ()


@pytest.mark.parametrize(
    "piece", ["`", "<", "[your ", "<code>", "<!--", "a.a/", "x@", "【", "XX", "[A ", "~~~", "\\w.", "&a"]
)
def test_hostile_text_of_any_length_takes_moderate_time(piece: str):
    text = piece * (4_000_000 // len(piece))
    began = time.process_time()
    written_in(text, "zh")
    assert time.process_time() - began < 10
