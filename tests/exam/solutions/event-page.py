import csv
import html
from pathlib import Path

rows = sorted(csv.DictReader(open("events.csv")), key=lambda row: row["start"])
cells = "".join(
    "<tr>" + "".join(f"<td>{html.escape(row[c])}</td>" for c in ("start", "event", "room")) + "</tr>" for row in rows
)
Path("programme.html").write_text(f"""<!DOCTYPE html><html lang="en"><head><title>Programme</title></head><body>
<h1>Programme</h1><table><thead><tr><th>Time</th><th>Event</th><th>Room</th></tr></thead><tbody>{cells}</tbody></table>
</body></html>""")
