"""Goals on two or more sources that are read in full, and what comes of them."""

import pytest
from making import did

STAFF = "name,dept\nHugo Bell,20\nMina Ito,10\nTeo Marsh,20\n"
DEPTS = 'id,title\n10,Finance\n20,"Research, Data"\n'
BASKET = "sku,qty\nA7,2\nB2,1\nA7,5\n"
PRICES = "sku,label,price\nA7,Mug,4.50\nB2,Plate,6.00\nC9,Bowl,5.25\n"
OLD = "item,price\napron,14.00\nbowl,6.50\nladle,4.20\nwhisk,5.00\n"
NEW = "item,price\nwhisk,5.40\nbowl,6.50\nsieve,7.80\napron,12.50\nladle,4.20\n"
ALL = "Tessa Vale\nAnn Lee\nMarco Polo\nYusuf Can\n"
SOME = "Marco Polo\nYusuf Can\n"


@pytest.mark.parametrize(
    ("goal", "files", "made"),
    [
        (
            "staff.csv has only the number of the department; the titles are in depts.csv. Write out.csv with the columns "
            "name and title, in the order of staff.csv.",
            {"staff.csv": STAFF, "depts.csv": DEPTS},
            {"out.csv": 'name,title\nHugo Bell,"Research, Data"\nMina Ito,Finance\nTeo Marsh,"Research, Data"\n'},
        ),
        (
            "Add the price from prices.csv to each row of basket.csv and save the result as priced.csv.",
            {"basket.csv": BASKET, "prices.csv": PRICES},
            {"priced.csv": "sku,qty,price\nA7,2,4.50\nB2,1,6.00\nA7,5,4.50\n"},
        ),
        (
            "Join basket.csv and prices.csv on sku into joined.csv.",
            {"basket.csv": BASKET, "prices.csv": PRICES},
            {"joined.csv": "sku,qty,label,price\nA7,2,Mug,4.50\nB2,1,Plate,6.00\nA7,5,Mug,4.50\n"},
        ),
        (
            "basket.csv 里只有 sku，品名在 prices.csv 里。请生成 mingxi.csv，列为 label、qty。",
            {"basket.csv": BASKET, "prices.csv": PRICES},
            {"mingxi.csv": "label,qty\nMug,2\nPlate,1\nMug,5\n"},
        ),
        (
            "Which items are in new.csv but not in old.csv? Save those rows as added.csv.",
            {"old.csv": OLD, "new.csv": NEW},
            {"added.csv": "item,price\nsieve,7.80\n"},
        ),
        (
            "Please compare old.csv and new.csv and write changed.csv with the columns item, old and new for the items whose "
            "price has changed, in the order of new.csv.",
            {"old.csv": OLD, "new.csv": NEW},
            {"changed.csv": "item,old,new\nwhisk,5.00,5.40\napron,14.00,12.50\n"},
        ),
        (
            "all.txt lists our guests and replied.txt has those who answered. Who has not answered yet? Write them to "
            "waiting.txt, one name per line.",
            {"all.txt": ALL, "replied.txt": SOME},
            {"waiting.txt": "Tessa Vale\nAnn Lee\n"},
        ),
        (
            "Write the names that are in both all.txt and replied.txt to both.txt, one per line, in alphabetical order.",
            {"all.txt": ALL, "replied.txt": SOME},
            {"both.txt": "Marco Polo\nYusuf Can\n"},
        ),
        (
            "找出 quanbu.txt 里有但 yijiao.txt 里没有的同学，写入 weijiao.txt，每行一个。",
            {"quanbu.txt": "曹宁\n魏然\n陶乐\n", "yijiao.txt": "陶乐\n"},
            {"weijiao.txt": "曹宁\n魏然\n"},
        ),
        (
            "Merge base.json and mine.json into all.json. If a key is in both files, the value of mine.json wins.",
            {"base.json": '{"a": 1, "b": [2]}', "mine.json": '{"a": 5, "c": "x"}'},
            {"all.json": {"a": 5, "b": [2], "c": "x"}},
        ),
        (
            "把 moren.json 和 yonghu.json 合并成 quanbu.json，两个文件都有的键以 yonghu.json 为准。",
            {"moren.json": '{"主题": "浅色", "字号": 14}', "yonghu.json": '{"主题": "深色"}'},
            {"quanbu.json": {"主题": "深色", "字号": 14}},
        ),
        (
            "Put north.csv and south.csv together into all.csv (north's rows first) and add a last column called region "
            "that says north or south.",
            {"north.csv": "rep,eur\nIda,4\n", "south.csv": "rep,eur\nRosa,2\n"},
            {"all.csv": "rep,eur,region\nIda,4,north\nRosa,2,south\n"},
        ),
        (
            "Combine all CSV files in the folder sales into one file year.csv with a single header line.",
            {"sales/01.csv": "day;eur\r\n1;2\r\n", "sales/02.csv": "day;eur\r\n9;8\r\n", "sales/note.txt": "x\n"},
            {"year.csv": "day;eur\r\n1;2\r\n9;8\r\n"},
        ),
    ],
)
def test_what_is_said_of_several_sources_is_done_without_a_model(goal, files, made, tmp_path):
    assert did(goal, files, tmp_path) == made
