import csv
import sqlite3
from pathlib import Path

base = sqlite3.connect("books.db")
base.execute("CREATE TABLE books (title TEXT, author TEXT, year INTEGER, price REAL)")
rows = [
    (r["title"], r["author"], int(r["year"]), float(r["price"]))
    for r in csv.DictReader(open("books.csv", encoding="utf-8"))
]
base.executemany("INSERT INTO books VALUES (?, ?, ?, ?)", rows)
base.commit()
found = base.execute("SELECT title, author, year FROM books WHERE year >= 2000 ORDER BY year")
Path("新书.txt").write_text("".join(f"《{t}》，{a}，{y}年\n" for t, a, y in found), encoding="utf-8")
