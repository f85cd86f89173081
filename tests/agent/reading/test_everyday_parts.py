"""Goals that tell how file names are made, and what is to be done with the parts of them."""

import pytest
from doing import done, named

CLASSES = named("一班_李雷.txt", "一班_韩梅梅.txt", "二班_王小明.txt", "readme.txt")
BILLS = named("Miller-0012.pdf", "Smith-0013.pdf", "Miller-0044.pdf", "notes.txt")
DATED = named("2024-01-05-Miller.pdf", "2024-02-01-Smith.pdf")
BY_CLASS = {f"{path.split('_')[0]}/{path}" if "_" in path else path: text for path, text in CLASSES.items()}
BY_CUSTOMER = {f"{path.split('-')[0]}/{path}" if "-" in path else path: text for path, text in BILLS.items()}
TURNED = {"0012-Miller.pdf": "Miller-0012.pdf\n", "0013-Smith.pdf": "Smith-0013.pdf\n", "0044-Miller.pdf": "Miller-0044.pdf\n",
          "notes.txt": "notes.txt\n"}  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("学生交来的作业文件名都是“班级_姓名.txt”这样的格式，比如“一班_李雷.txt”。请给每个班级建一个同名文件夹，把该班的作业移进去，"
         "文件名不变；readme.txt 不要动。", CLASSES, BY_CLASS),
        ("文件名是“班级_姓名.txt”。请按班级把文件分到各自的文件夹里，其他文件不要动。", CLASSES, BY_CLASS),
        ("Put each invoice into a folder named after the customer, the file names are CUSTOMER-NUMBER.pdf.", BILLS, BY_CUSTOMER),
        ("The invoices are named CUSTOMER-NUMBER.pdf, e.g. Smith-0013.pdf. Make a folder for each customer and move the "
         "invoices of that customer into it. Don't touch notes.txt.", BILLS, BY_CUSTOMER),
        ("The file names are DATE-CUSTOMER.pdf. Sort the files into folders by customer.", DATED,
         {"Miller/2024-01-05-Miller.pdf": "2024-01-05-Miller.pdf\n", "Smith/2024-02-01-Smith.pdf": "2024-02-01-Smith.pdf\n"}),
        ("Rename CUSTOMER-NUMBER.pdf to NUMBER-CUSTOMER.pdf", BILLS, TURNED),
        ("The pdf files are named CUSTOMER-NUMBER.pdf. Rename them to NUMBER-CUSTOMER.pdf, so that Miller-0012.pdf becomes "
         "0012-Miller.pdf.", BILLS, TURNED),
        ("The pdf files are named CUSTOMER-NUMBER.pdf. Write all customers to customers.txt, each only once.", BILLS,
         BILLS | {"customers.txt": "Miller\nSmith\n"}),
        ("文件名都是“班级_姓名.txt”的格式。把所有姓名写到 名单.txt，每行一个。readme.txt 不要动。", CLASSES,
         CLASSES | {"名单.txt": "李雷\n王小明\n韩梅梅\n"}),
    ],
)  # fmt: skip
def test_parts_of_names_become_folders_names_and_lists(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        # readme.txt is no homework, but it may be meant
        ("文件名都是“班级_姓名.txt”这样的格式。请给每个班级建一个同名文件夹，把该班的作业移进去。", CLASSES),
        # the example is of another form
        ("文件名都是“班级_姓名.txt”这样的格式，比如“一班-李雷.txt”。请给每个班级建一个同名文件夹，把该班的作业移进去；readme.txt 不要动。", CLASSES),
        ("Put each invoice into a folder named after the country, the file names are CUSTOMER-NUMBER.pdf.", BILLS),
        ("Some files are named CUSTOMER-NUMBER.pdf. Make a folder for each customer and move the invoices into it.", BILLS),
        ("Put each new invoice into a folder named after the customer, the file names are CUSTOMER-NUMBER.pdf.", BILLS),
        ("The file names should be CUSTOMER-NUMBER.pdf. Put each invoice into a folder named after the customer.", BILLS),
        # which part is the customer?
        ("Put each invoice into a folder named after the customer, the file names are CUSTOMER-NUMBER.pdf.",
         named("Miller-Smith-0012.pdf", "Smith-0013.pdf")),
        # two folders that some systems take for one
        ("Put each invoice into a folder named after the customer, the file names are CUSTOMER-NUMBER.pdf.",
         named("miller-0012.pdf", "Miller-0013.pdf")),
        # two files would be one
        ("The pdf files are named CUSTOMER-NUMBER.pdf. Rename them to CUSTOMER.pdf.", BILLS),
        ("Rename CUSTOMER-NUMBER.pdf to NUMBER-SUPPLIER.pdf", BILLS),
        ("The pdf files are named CUSTOMER-NUMBER.pdf. Rename them to NUMBER-CUSTOMER.pdf, so that Miller-0012.pdf becomes "
         "Miller-12.pdf.", BILLS),
        ("The pdf files are named CUSTOMER-NUMBER.pdf. Write all customers to customers.txt.", BILLS),  # each once?
        ("The pdf files are named CUSTOMER-NUMBER.pdf. Delete all invoices of that customer.", BILLS),
    ],
)  # fmt: skip
def test_a_form_that_leaves_open_what_is_meant_is_left_to_a_model(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None
