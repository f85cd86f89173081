"""Goals on several sources that must be left to a model: a word more, or data with which they could mean two things."""

import pytest
from making import heads

from autogpt.agent.reading.documents.full import documented

ORDERS = "order,customer,amount\nA1,302,5\nA2,117,7\n"
NAMES = "no,name\n117,Lund\n302,Petit\n"
OLD = "item,price\nbowl,6.50\nladle,4.20\n"
NEW = "item,price\nbowl,6.80\nsieve,7.80\n"
LISTS = {"all.txt": "Ann\nBea\nCem\n", "replied.txt": "Bea\n"}
TWO = {"old.csv": OLD, "new.csv": NEW}


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Add the name from names.csv to each row of orders.csv, save it as out.csv.", {"orders.csv": ORDERS + "A3,999,1\n", "names.csv": NAMES}),
        ("Add the name from names.csv to each row of orders.csv, save it as out.csv.", {"orders.csv": ORDERS, "names.csv": NAMES + "117,Lund & Sons\n"}),
        ("Add the name from names.csv to each row of orders.csv in capitals, save it as out.csv.", {"orders.csv": ORDERS, "names.csv": NAMES}),
        ("Which items are in new.csv but not in old.csv? Save the cheap ones as added.csv.", TWO),
        ("Which items over 5 euros are in new.csv but not in old.csv? Save those rows as added.csv.", TWO),
        ("Which items are in new.csv but not in old.csv? Save those rows as added.csv and sum up their prices.", TWO),
        ("Which items are in new.csv but not in old.csv? Save those rows as added.csv.", {"old.csv": OLD + "SIEVE,1\n", "new.csv": NEW}),
        ("Write changed.csv with the columns item, old and new for all items whose price has changed by more than 10 %.", TWO),
        ("Who is in all.txt but not in replied.txt? Write them to w.txt, one per line, at most 1.", LISTS),
        ("找出 all.txt 里有但 replied.txt 里没有的前两位，写入 w.txt，每行一个。", LISTS),
        ("Merge a.json and b.json into c.json.", {"a.json": '{"x": 1}', "b.json": '{"x": 2}'}),
        ("Merge a.json and b.json into c.json, b.json wins.", {"a.json": '{"x": {"y": 1}}', "b.json": '{"x": {"z": 2}}'}),
        ("Merge a.json and b.json into c.json, adding up the values.", {"a.json": '{"x": 1}', "b.json": '{"y": 2}'}),
        ("Combine a.csv and b.csv into c.csv.", {"a.csv": "x,y\n1,2\n", "b.csv": "x,z\n1,2\n"}),
        ("Combine a.csv and b.csv into c.csv without duplicates.", {"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n1,2\n"}),
        ("Convert new.csv to new.json, a list with one object per row.", {"new.csv": NEW}),
        ("Convert new.csv to new.json, a list with one object per row. The price should be an integer.", {"new.csv": NEW}),
        ("Convert new.csv to new.json, a list with one object per row, all values as strings, prices in cents.", {"new.csv": NEW}),
        ("Turn new.csv into a Markdown table in new.md, without the price.", {"new.csv": NEW}),
        ("Swap keys and values of a.json and save it as b.json.", {"a.json": '{"x": "1", "y": "1"}'}),
        ("Number the rows of new.csv in a new first column called item, save it as out.csv.", {"new.csv": NEW}),
        ("Make a Markdown table of the names in p.csv, in names.md.", {"p.csv": "name,age\nIda,3\n"}),
        ("Convert p.csv to p.json: an object with the price of each name.", {"p.csv": "name,price\nsoup,x\n"}),
        ("Save the prices of the items that are in new.csv but not in old.csv as added.csv.", TWO),
        ("Combine the names of a.csv and b.csv into c.csv.", {"a.csv": "name,e\n1,2\n", "b.csv": "name,e\n3,4\n"}),
        ("Merge the keys of a.json and b.json into c.json.", {"a.json": '{"x": 1}', "b.json": '{"y": 2}'}),
        ("Merge the values of a.json and b.json into one list in c.json.", {"a.json": '{"x": 1}', "b.json": '{"y": 2}'}),
        ("Make a SQLite database g.db with a table c of the people in c.csv.", {"c.csv": "city,people\nOslo,7\n"}),
        ("Number the rows of each item of new.csv in a new first column called no, save it as t.csv.", {"new.csv": NEW}),
        ("Transpose the price of new.csv into t.csv.", {"new.csv": NEW}),
        ("Export the table books of lib.db to books.csv, one row per author.", {"lib.db": "create table books(id integer);"}),
        ("把 a.csv 和 b.csv 按姓名汇总成 c.csv。", {"a.csv": "姓名,金额\n甲,2\n", "b.csv": "姓名,金额\n甲,4\n"}),
        ("Pack the two CSV files of this folder into one archive a.zip with the password secret.", TWO),
        ("Number the rows of new.csv from the bottom in a new first column called no, save it as out.csv.", {"new.csv": NEW}),
        ("找出 a.txt 里有但 b.txt 里没有的姓王的同学，写入 c.txt，每行一个。", {"a.txt": "张三\n王四\n", "b.txt": "张三\n"}),
        ("把 t.json 转换成 t.csv，表头用英文。", {"t.json": '[{"姓名": "甲", "年龄": 2}]'}),
        ("Pack the three CSV files of this folder into one archive a.zip.", TWO),
        ("Put the chapters from the folder d together into n.txt in the order of their numbers, with one empty line between two chapters.", {"d/1.txt": "x\n", "d/two.txt": "y\n"}),
        ("把 a.json 和 b.json 合并成 c.json，只要两个文件都有的键，以 b.json 为准。", {"a.json": '{"x": 1}', "b.json": '{"x": 2}'}),
    ],
)  # fmt: skip
def test_what_could_mean_something_else_is_left_to_a_model(goal, files):
    assert documented(goal, heads(files)) is None
