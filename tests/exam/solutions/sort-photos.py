import re
from pathlib import Path

for path in list(Path("photos").glob("IMG_*.jpg")):
    if found := re.fullmatch(r"IMG_(\d{4})(\d\d)(\d\d)_(.+\.jpg)", path.name):
        year, month, day, rest = found.groups()
        target = Path("photos", year, month, f"{year}-{month}-{day}_{rest}")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
