import csv
from pathlib import Path

gone, stock = set(Path("rules/discontinued.txt").read_text().split()), {}
for name in "abc":
    for line in Path(f"counts/{name}.txt").read_text().splitlines():
        if ":" in line and not line.startswith("#"):
            product, number = line.lower().split(":")
            if product not in gone:
                stock[product] = stock.get(product, 0) + int(number)
with open("stock.csv", "w", newline="") as file:
    csv.writer(file).writerows([("product", "number"), *sorted(stock.items())])
Path("done.txt").write_text(f"{len(stock)}\n")
