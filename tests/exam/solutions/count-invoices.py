from pathlib import Path

lines = Path("notes.txt").read_text().splitlines()
Path("count.txt").write_text(str(sum("invoice" in line.lower() for line in lines)))
