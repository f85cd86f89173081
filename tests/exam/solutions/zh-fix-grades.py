from pathlib import Path

text = Path("grades.py").read_text(encoding="utf-8")
text = text.replace("sum(scores) // len(scores)", "sum(scores) / len(scores) if scores else 0").replace(" > ", " >= ")
Path("grades.py").write_text(text, encoding="utf-8")
Path("修改说明.md").write_text(
    """# 修改说明

1. `average` 原来用整除，会丢掉小数，改成普通除法；列表为空时返回零。
2. `level` 的分数线应当包含边界，把大于改成大于等于。
""",
    encoding="utf-8",
)
