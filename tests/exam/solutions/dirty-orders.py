import csv
import json
import re


def number(text):
    return re.sub(r"^(C-)?0*", "", text.strip())


def money(text):
    text = text.replace("€", "").strip()
    return float(text.replace(".", "").replace(",", ".") if "," in text else text)


def date(text):
    return "-".join(reversed(text.split("."))) if "." in text else text


names = {number(r["number"]): r["name"] for r in csv.DictReader(open("customers.csv", encoding="utf-8"))}
result = {}
for row in csv.DictReader(open("orders.csv", encoding="utf-8"), delimiter=";"):
    if row["status"].lower() != "cancelled":
        entry = result.setdefault(names[number(row["customer"])], {"orders": 0, "total": 0, "last": ""})
        entry["orders"] += 1
        entry["total"] += money(row["amount"])
        entry["last"] = max(entry["last"], date(row["date"]))
json.dump(result, open("summary.json", "w"))
