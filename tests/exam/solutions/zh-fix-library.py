from pathlib import Path

path = Path("library/books.py")
path.write_text(path.read_text(encoding="utf-8").replace(">= 0", "> 0"), encoding="utf-8")
path = Path("library/loans.py")
text = path.read_text(encoding="utf-8")
text = text.replace(
    "self.loans[reader] = (book, today)", "book.copies -= 1\n        self.loans[reader, book.title] = today"
)
text = text.replace("_, lent = self.loans.pop(reader)", "lent = self.loans.pop((reader, book.title))")
text = text.replace("(today - lent).days", "(today - lent).days - DAYS")
path.write_text(text, encoding="utf-8")
Path("错误分析.md").write_text(
    """# 错误分析

1. 判断是否可借时，库存为零也被当作可借。
2. 借书时没有减少库存。
3. 借阅记录只按读者保存，同一读者借第二本书会覆盖第一本。
4. 计算罚款时没有减去三十天的免费期限。
""",
    encoding="utf-8",
)
