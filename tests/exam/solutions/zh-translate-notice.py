from pathlib import Path

Path("通知.txt").write_text(
    """尊敬的住户：

10月18日（星期六）9:00至13:30将停水，因为需要更换地下室的一根水管。请在前一天晚上储备足够的饮用水。
需要帮助的住户可以致电204房间的 Mr. Harris，或写信至 help@maple-house.example。

感谢您的理解。
物业管理处
""",
    encoding="utf-8",
)
