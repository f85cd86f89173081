from pathlib import Path

Path("todo.py").write_text(
    """
import json, sys
from pathlib import Path

file = Path("todo.json")
items = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
command, *rest = sys.argv[1:]
if command == "add":
    items.append({"text": rest[0], "done": False})
    print(f"已添加：{rest[0]}")
elif command == "done":
    if not rest[0].isdigit() or not 1 <= int(rest[0]) <= len(items):
        sys.exit("没有这个序号")
    items[int(rest[0]) - 1]["done"] = True
elif not items:
    print("没有待办事项")
else:
    for number, item in enumerate(items, 1):
        print(f"{number}. [{'x' if item['done'] else ' '}] {item['text']}")
file.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
""",
    encoding="utf-8",
)
Path("使用说明.md").write_text(
    """# 使用说明

- 添加待办：`python todo.py add 买菜`
- 查看待办：`python todo.py list`
- 标记完成：`python todo.py done 1`

数据保存在当前文件夹里。
""",
    encoding="utf-8",
)
