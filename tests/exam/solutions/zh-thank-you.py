from pathlib import Path

Path("letter.txt").write_text(
    """尊敬的王经理：

您好！感谢您在新产品发布会上给我的帮助。从会场布置到嘉宾接待，您都耐心指点，让活动顺利完成。今后我会继续努力，不辜负您的信任。

此致
敬礼

李娜
""",
    encoding="utf-8",
)
