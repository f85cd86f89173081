import csv
import json
from pathlib import Path

stock, skipped = json.load(open("inventory.json")), []
for row in csv.DictReader(open("orders.csv")):
    if stock.get(row["product"], 0) >= int(row["quantity"]):
        stock[row["product"]] -= int(row["quantity"])
    else:
        skipped.append(row["id"])
json.dump(stock, open("inventory.json", "w"))
Path("skipped.txt").write_text("\n".join(skipped) + "\n")
