"""Hands a table to the agent and takes back the totals per quarter, checked."""

import tempfile
from pathlib import Path

from autogpt import AutoGPT, Entry
from autogpt.core.check import ValueAt

SALES = "quarter,amount\nQ1,100\nQ2,250\nQ1,50\nQ2,25\n"


def tell(entry: Entry) -> None:
    """Show each event as it happens."""
    print(f"{entry.seq:>3} {entry.event.kind}")


def main() -> None:
    """Run in a fresh folder and show what came of it."""
    folder = Path(tempfile.mkdtemp(prefix="quarterly-"))
    (folder / "sales.csv").write_text(SALES, "utf-8")
    run = AutoGPT(
        goals=["Read sales.csv and write the total amount of each quarter to totals.json, as {quarter: total}"],
        checks=[
            ValueAt(path="totals.json", pointer="/Q1", equals=150, compare=True),
            ValueAt(path="totals.json", pointer="/Q2", equals=275, compare=True),
        ],
        workspace=folder,
        on_event=tell,
    ).run()
    print(run.outcome, (folder / "totals.json").read_text("utf-8") if run.outcome == "complete" else run.summary)


if __name__ == "__main__":
    main()
