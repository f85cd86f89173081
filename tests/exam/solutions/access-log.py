import json
import re
from collections import Counter

rows = re.findall(r'"\w+ (\S+) [^"]+" (\d+) (\S+)', open("access.log").read())
json.dump(
    {
        "total": len(rows),
        "by_status": Counter(int(r[1]) for r in rows),
        "top_path": Counter(r[0] for r in rows).most_common(1)[0][0],
        "bytes": sum(int(r[2]) for r in rows if r[2] != "-"),
    },
    open("report.json", "w"),
)
