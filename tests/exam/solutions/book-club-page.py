from pathlib import Path

items = "".join(f"<li>{book}" for book in ("Middlemarch", "Kindred", "The Dispossessed"))
Path("index.html").write_text(f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Book Club</title></head>
<body><h1>Welcome to the <em>Book Club</em></h1><p>This month:<ul>{items}</ul></body></html>
""")
