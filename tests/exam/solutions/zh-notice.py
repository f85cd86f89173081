from pathlib import Path

Path("notice.md").write_text(
    """# 部门例会通知

- **时间**：2025年6月12日 下午3点
- **地点**：三楼会议室
- **主持人**：陈明

请大家提前准备季度总结，准时参加。
""",
    encoding="utf-8",
)
