"""`autogpt` with a scripted model, for the commands in the documents. Everything but the model is real."""

import sys

from autogpt.cli.main import run
from autogpt.core.contracts import Model
from autogpt.core.message import Request
from autogpt.models.scripted import Scripted

SQUARES = """import csv
with open("squares.csv", "w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["n", "square"])
    rows.writerows([n, n * n] for n in range(1, 11))
"""
TOTAL = """import csv, json
with open("sales.csv") as file:
    total = sum(float(row["amount"]) for row in csv.DictReader(file))
with open("total.json", "w") as file:
    json.dump({"total": total}, file)
"""
LETTER = "王老师：\n\n您好！感谢您一年来的耐心教导，我学到了很多。\n\n此致\n敬礼！\n\n学生 李明\n"
SUMMARY = "The report says that sales grew by a tenth and that the new shop opens in May.\n"

ANSWERS = {
    "squares.csv": f"```python\n{SQUARES}```",
    "total.json": f"```python\n{TOTAL}```",
    "letter.txt": f"```text\n{LETTER}```",
    "summary.txt": f"```text\n{SUMMARY}```",
    "slugify": '```python\n# slug.py\ndef slugify(text):\n    return "-".join(text.lower().split())\n```',
}


def say(request: Request) -> str:
    """The answer for the goal that the request speaks of."""
    asked = "\n".join(message.content for message in request.messages)
    return next(answer for word, answer in ANSWERS.items() if word in asked)


async def open_model(address: str) -> Model:
    return Scripted(say)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], open_model))
