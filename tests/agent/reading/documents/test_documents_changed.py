"""Goals that change one entry, or make and change databases, and what comes of them."""

import pytest
from making import did, heads

from autogpt.agent.reading.documents.full import documented

BOOKS = '[\n  {"id": 1, "title": "Emma", "left": 3},\n  {"id": 2, "title": "Dune", "left": 0}\n]\n'
STOCK = "sku,name,price\n11,Tent,99\n12,Stove,45\n"
PHONES = "姓名,电话\n王芳,13900000000\n李强,13700000000\n"
SHOP = "create table goods(id integer primary key, name text, stock integer); insert into goods values (1,'tea',5),(2,'jam',9);"
CLUB = (
    "create table members(id integer primary key, name text); create table payments(member_id integer, year integer);"
    "insert into members values (1,'Vera'),(2,'Ada'),(3,'Sam'); insert into payments values (1,2024),(3,2025),(3,2024);"
)


@pytest.mark.parametrize(
    ("goal", "files", "made"),
    [
        ("Set the price of Stove to 49 in old.csv.", {"old.csv": STOCK}, {"old.csv": "sku,name,price\n11,Tent,99\n12,Stove,49\n"}),
        ("Remove the Tent from old.csv.", {"old.csv": STOCK}, {"old.csv": "sku,name,price\n12,Stove,45\n"}),
        (
            'Add a new book to books.json: title "Ulysses", left 2, with the next id.',
            {"books.json": BOOKS},
            {"books.json": [{"id": 1, "title": "Emma", "left": 3}, {"id": 2, "title": "Dune", "left": 0}, {"id": 3, "title": "Ulysses", "left": 2}]},
        ),
        (
            "In books.json change the left of Dune to 5 and leave everything else as it is.",
            {"books.json": BOOKS},
            {"books.json": [{"id": 1, "title": "Emma", "left": 3}, {"id": 2, "title": "Dune", "left": 5}]},
        ),
        ("把 dianhua.csv 里王芳的电话改成 13800001111，其他内容不变。", {"dianhua.csv": PHONES}, {"dianhua.csv": PHONES.replace("13900000000", "13800001111")}),
        ("从 dianhua.csv 中删除李强这一行。", {"dianhua.csv": PHONES}, {"dianhua.csv": "姓名,电话\n王芳,13900000000\n"}),
        (
            "Create a SQLite database geo.db with a table cities (name, people) and fill it with the rows of cities.csv. people must be an integer.",
            {"cities.csv": "name,people\nOslo,700\nLima,900\n"},
            {"geo.db": {"cities": [("Oslo", 700), ("Lima", 900)]}},
        ),
        (
            "Add the quantities in in.csv to the column stock of the table goods in shop.db.",
            {"shop.db": SHOP, "in.csv": "name,qty\njam,10\n"},
            {"shop.db": {"goods": [(1, "tea", 5), (2, "jam", 19)]}},
        ),
        (
            "数据库 shop.db 的表 goods 记录每种商品（name）的数量（stock）。请把 in.csv 里的入库数量加到对应商品上，表里还没有的商品就新增一行。",
            {"shop.db": SHOP, "in.csv": "商品,数量\njam,1\nsalt,4\n"},
            {"shop.db": {"goods": [(1, "tea", 5), (2, "jam", 10), (3, "salt", 4)]}},
        ),
        (
            "club.db has the tables members and payments. Write the names of all members without a payment for 2025 to unpaid.txt, one per line, alphabetically.",
            {"club.db": CLUB},
            {"unpaid.txt": "Ada\nVera\n"},
        ),
        (
            "Turn terms.csv into terms.md: one bullet point per term, in alphabetical order, with the term in bold, then a colon and its meaning.",
            {"terms.csv": "term,meaning\nTax,money for all\nRent,money for a flat\n"},
            {"terms.md": "- **Rent**: money for a flat\n- **Tax**: money for all\n"},
        ),
        (
            "north.json and south.json hold the stock of our shops. Merge them into all.json and add up the pieces if an item is in both.",
            {"north.json": '{"mug": 14, "bowl": 5}', "south.json": '{"mug": 1, "vase": 3}'},
            {"all.json": {"mug": 15, "bowl": 5, "vase": 3}},
        ),
        (
            "Find the books in books.csv whose id never appears in the column book_id of loans.csv. I want their titles in never.txt, one per line.",
            {"books.csv": "id,title\n101,Heidi\n102,Momo\n", "loans.csv": "date,book_id\n1,101\n"},
            {"never.txt": "Momo\n"},
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_one_entry_or_a_database_is_done_without_a_model(goal, files, made, tmp_path):
    assert did(goal, files, tmp_path) == made


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Set the price of Stove to 49 in old.csv.", {"old.csv": STOCK + "13,Stove,50\n"}),
        ("Set the price of Stove to 49 euros in old.csv.", {"old.csv": STOCK}),
        ("Set the price of Stove to cheap in old.csv.", {"old.csv": STOCK}),
        ("Set the weight of Stove to 49 in old.csv.", {"old.csv": STOCK}),
        ("Set the price of Stove to 49 in old.csv if it is below 45.", {"old.csv": STOCK}),
        ("Remove everything but the Tent from old.csv.", {"old.csv": STOCK}),
        ("Remove the Tent and the cheapest article from old.csv.", {"old.csv": STOCK}),
        ("Add a new book to books.json: title Ulysses, with the next id.", {"books.json": BOOKS}),
        ("Add a new book to books.json: title Ulysses, left two, with the next id.", {"books.json": BOOKS}),
        ("把 dianhua.csv 里除了王芳以外的电话改成 13800001111。", {"dianhua.csv": PHONES}),
        ("把 dianhua.csv 里王芳和李强的电话改成 13800001111。", {"dianhua.csv": PHONES}),
        ("Create a SQLite database geo.db with a table c (name, people) and fill it with the rows of c.csv. people must be an integer.", {"c.csv": "name,people\nOslo,7.5\n"}),
        ("Create a SQLite database geo.db with a table c and fill it with the rows of c.csv that have more than 5 people.", {"c.csv": "name,people\nOslo,7\n"}),
        ("Add the quantities in in.csv to the column stock of the table goods in shop.db.", {"shop.db": SHOP, "in.csv": "name,qty\njam,10 kg\n"}),
        ("Add half of the quantities in in.csv to the column stock of the table goods in shop.db.", {"shop.db": SHOP, "in.csv": "name,qty\njam,10\n"}),
        ("Append b.csv and c.csv to all.csv.", {"b.csv": "x,y\n1,2\n", "c.csv": "x,y\n1,2\n"}),
        ("Zip the files that are older than a week into a.zip.", {"b.csv": "x,y\n1,2\n"}),
        ("Turn t.csv into t.md: one bullet point per term, with the term in bold, then a colon and its meaning in capitals.", {"t.csv": "term,meaning\nTax,money\n"}),
    ],
)  # fmt: skip
def test_changes_that_could_mean_something_else_are_left_to_a_model(goal, files):
    assert documented(goal, heads(files)) is None
