from pathlib import Path

Path("expenses.py").write_text("""
import argparse, math, sqlite3, sys

parser = argparse.ArgumentParser()
commands = parser.add_subparsers(dest="command", required=True)
add = commands.add_parser("add")
add.add_argument("amount", type=float)
add.add_argument("category")
add.add_argument("note", nargs="?", default="")
total = commands.add_parser("total")
total.add_argument("category", nargs="?")
commands.add_parser("list")
remove = commands.add_parser("remove")
remove.add_argument("id", type=int)
args = parser.parse_args()
base = sqlite3.connect("expenses.db")
base.execute("CREATE TABLE IF NOT EXISTS expenses (id INTEGER PRIMARY KEY, amount REAL, category TEXT, note TEXT)")
if args.command == "add":
    if not (args.amount > 0 and math.isfinite(args.amount)):
        parser.error("the amount must be more than 0")
    row = base.execute("INSERT INTO expenses (amount, category, note) VALUES (?, ?, ?)", (args.amount, args.category, args.note))
    print("Added expense", row.lastrowid)
elif args.command == "total":
    where, values = (" WHERE category = ?", (args.category,)) if args.category else ("", ())
    print(f"{base.execute('SELECT coalesce(sum(amount), 0) FROM expenses' + where, values).fetchone()[0]:.2f}")
elif args.command == "list":
    for number, amount, category, note in base.execute("SELECT * FROM expenses ORDER BY id"):
        print(number, f"{amount:.2f}", category, note)
elif not base.execute("DELETE FROM expenses WHERE id = ?", (args.id,)).rowcount:
    print("no such id", file=sys.stderr)
    sys.exit(2)
base.commit()
""")
