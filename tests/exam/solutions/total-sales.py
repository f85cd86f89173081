import csv
from pathlib import Path

total = sum(float(row["amount"]) for row in csv.DictReader(open("sales.csv")))
Path("total.txt").write_text(f"Total: {total:,.2f}\n")
