import csv
import json

rows = [{**row, "age": int(row["age"])} for row in csv.DictReader(open("people.csv", encoding="utf-8"))]
json.dump(rows, open("people.json", "w"), indent=2)
