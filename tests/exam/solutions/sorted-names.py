from pathlib import Path

names = sorted(set(Path("names.txt").read_text().split()))
Path("sorted.txt").write_text("\n".join(names))
