"""Files renamed by a rule, where the goal says all of it."""

import pytest
from doing import done, named

FILES = named("My File.txt", "Old Report.txt", "photo1.jpg", "photo2.jpg", "plan_old.doc", "31-12-2023 rent.pdf",
              "01-02-2024 gas.pdf", "旧_账单.xlsx")  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "renames"),
    [
        ("Add the prefix trip_ to all jpg files.", {"photo1.jpg": "trip_photo1.jpg", "photo2.jpg": "trip_photo2.jpg"}),
        ("给所有 jpg 文件的文件名加上前缀“旅行_”", {"photo1.jpg": "旅行_photo1.jpg", "photo2.jpg": "旅行_photo2.jpg"}),
        ("Add the suffix _v2 to all jpg files", {"photo1.jpg": "photo1_v2.jpg", "photo2.jpg": "photo2_v2.jpg"}),
        ("remove _old from the file names", {"plan_old.doc": "plan.doc"}),
        ("把文件名里的“旧_”去掉", {"旧_账单.xlsx": "账单.xlsx"}),
        ("Replace 'photo' with 'trip' in the file names of all jpg files",
         {"photo1.jpg": "trip1.jpg", "photo2.jpg": "trip2.jpg"}),
        ("Replace the spaces in the names of all txt files with underscores.",
         {"My File.txt": "My_File.txt", "Old Report.txt": "Old_Report.txt"}),
        ("把 txt 文件名里的空格都换成下划线", {"My File.txt": "My_File.txt", "Old Report.txt": "Old_Report.txt"}),
        ("Rename all txt files to lower case", {"My File.txt": "my file.txt", "Old Report.txt": "old report.txt"}),
        ("Number the jpg files in alphabetical order: put 01_, 02_, ... in front of their names.",
         {"photo1.jpg": "01_photo1.jpg", "photo2.jpg": "02_photo2.jpg"}),
        ("Rename the jpg files to trip_01.jpg, trip_02.jpg and so on, in alphabetical order.",
         {"photo1.jpg": "trip_01.jpg", "photo2.jpg": "trip_02.jpg"}),
        ("Rename all files: replace underscores with hyphens in their names",
         {"plan_old.doc": "plan-old.doc", "旧_账单.xlsx": "旧-账单.xlsx"}),
        ("Strip 'plan_' from the start of the file names", {"plan_old.doc": "old.doc"}),
        ("Change the date in the names of the pdf files from DD-MM-YYYY to YYYY-MM-DD.",
         {"31-12-2023 rent.pdf": "2023-12-31 rent.pdf", "01-02-2024 gas.pdf": "2024-02-01 gas.pdf"}),
        ("The PDFs have dates like 31-12-2023 in their names. Rename them so the date is written YYYY-MM-DD.",
         {"31-12-2023 rent.pdf": "2023-12-31 rent.pdf", "01-02-2024 gas.pdf": "2024-02-01 gas.pdf"}),
        ("Change the extension of all .doc files to .docx.", {"plan_old.doc": "plan_old.docx"}),
        ("把 doc 文件的后缀改成 docx", {"plan_old.doc": "plan_old.docx"}),
    ],
)  # fmt: skip
def test_files_are_renamed_and_keep_what_is_in_them(goal, renames, tmp_path):
    assert done(goal, FILES, tmp_path) == {renames.get(path, path): text for path, text in FILES.items()}


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Replace the spaces in all file names with underscores.", named("a b.txt", "a_b.txt")),
        ("remove _old from the file names", named("a_old.txt", "a.txt")),
        ("remove x from the file names", named("xx.txt")),
        ("Change the date in the names of the pdf files from DD-MM-YYYY to YYYY-MM-DD.", named("31-13-2024.pdf")),
        ("The PDFs have dates like 05-06-2024 in their names. Rename them so the date is written YYYY-MM-DD.",
         named("05-06-2024.pdf")),  # the fifth, or the sixth?
        ("Number the jpg files in alphabetical order: put 01_, 02_, ... in front of their names.",
         named("p2.jpg", "p10.jpg")),
        ("Add 'Confidential' to the beginning of all txt files", FILES),  # of what is in them
        ("Add a prefix to all jpg files", FILES),
        ("Number all jpg files by date", FILES),
        ("Convert all jpg files to png", FILES),
        ("Rename the jpg files to describe what they show", FILES),
        ("Rename all txt files to their first line", FILES),
        ("Rename all jpg files to upper case", FILES),  # their endings, too?
        ("把 docx 文件重命名为里面的标题", FILES),
        ("给每个文件前面加上日期", FILES),
    ],
)  # fmt: skip
def test_names_that_would_meet_or_need_a_reader_are_left_to_a_model(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None
