import json
from pathlib import Path

cities = {}
for row in json.load(open("contacts.json", encoding="utf-8")):
    cities.setdefault(row["城市"], []).append(row)
Path("城市").mkdir()
for city, rows in cities.items():
    Path("城市", f"{city}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
lines = [f"- {city}：{len(rows)} 人" for city, rows in cities.items()]
total = sum(map(len, cities.values()))
Path("统计.md").write_text("# 联系人统计\n\n" + "\n".join(lines) + f"\n\n一共 {total} 人。\n", encoding="utf-8")
