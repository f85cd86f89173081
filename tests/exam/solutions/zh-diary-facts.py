from pathlib import Path

Path("答案.md").write_text(
    """1. 外婆家的小狗叫豆包。
2. 爸爸最后买的自行车花了980元。
3. 全家5月16日去苏州。
""",
    encoding="utf-8",
)
