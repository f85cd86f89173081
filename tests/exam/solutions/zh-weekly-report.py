import csv
from pathlib import Path

rows = list(csv.DictReader(open("tasks.csv", encoding="utf-8")))
left = [row for row in rows if row["状态"] != "完成"]
hours = sum(float(row["工时"]) for row in rows)
Path("report.md").write_text(
    f"""# 项目周报

本周共有 {len(rows)} 个任务，完成了 {len(rows) - len(left)} 个，总共用了 {hours:g} 小时。

## 未完成的任务

| 任务 | 负责人 |
|---|---|
"""
    + "".join(f"| {row['任务']} | {row['负责人']} |\n" for row in left),
    encoding="utf-8",
)
