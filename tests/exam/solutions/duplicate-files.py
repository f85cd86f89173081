import json
from collections import defaultdict
from pathlib import Path

groups = defaultdict(list)
for path in Path("inbox").rglob("*"):
    if path.is_file():
        groups[path.read_bytes()].append("./" + path.as_posix())
json.dump([group for group in groups.values() if len(group) > 1], open("duplicates.json", "w"))
