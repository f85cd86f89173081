from pathlib import Path

for path in Path("docs").glob("*.txt"):
    path.rename(path.with_suffix(".md"))
