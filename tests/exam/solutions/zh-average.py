import csv
from pathlib import Path

scores = [int(row["分数"]) for row in csv.DictReader(open("scores.csv", encoding="utf-8"))]
Path("average.txt").write_text(f"平均分是{sum(scores) / len(scores):.2f}分。\n", encoding="utf-8")
