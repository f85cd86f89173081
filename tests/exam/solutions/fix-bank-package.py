from pathlib import Path


def edit(path, *pairs):
    text = Path(path).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    Path(path).write_text(text)


edit(
    "bank/accounts.py",
    ("    target.deposit(cents)\n    source.withdraw(cents)", "    source.withdraw(cents)\n    target.deposit(cents)"),
)
edit("bank/interest.py", ("range(1, years)", "range(years)"), ("int(cents)", "round(cents)"))
edit("bank/report.py", (":.2f", ":,.2f"), ('== "withdraw"', '== "deposit"'))
