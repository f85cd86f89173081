import csv
from pathlib import Path

rows = sorted(csv.DictReader(open("menu.csv", encoding="utf-8")), key=lambda row: int(row["价格"]))
cells = "".join(f"<tr><td>{row['菜名']}</td><td>{row['价格']}元</td></tr>" for row in rows)
Path("index.html").write_text(
    f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="UTF-8"><title>老街小馆</title></head>
<body><h1>老街小馆</h1><table><tr><th>菜名</th><th>价格</th></tr>{cells}</table></body></html>
""",
    encoding="utf-8",
)
