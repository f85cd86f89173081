from pathlib import Path

logs = list(Path("data").rglob("*.log"))
for path in logs:
    path.unlink()
Path("说明.txt").write_text(f"一共删除了{len(logs)}个日志文件。\n", encoding="utf-8")
