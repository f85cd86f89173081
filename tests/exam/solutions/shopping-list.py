import json
from pathlib import Path

rows = json.load(open("shopping.json"))
Path("shopping.md").write_text("# Shopping\n\n" + "".join(f"- [ ] {r['count']} x {r['item']}\n" for r in rows))
