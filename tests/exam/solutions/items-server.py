from pathlib import Path

Path("server.py").write_text("""
import html
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = Path("items.json").read_text(encoding="utf-8")
        if self.path == "/":
            items = "".join(f"<li>{html.escape(item['name'])}</li>" for item in json.loads(text))
            self.answer(200, "text/html; charset=utf-8", f"<!DOCTYPE html><title>Items</title><ul>{items}</ul>")
        elif self.path == "/api/items":
            self.answer(200, "application/json", text)
        else:
            self.answer(404, "text/plain", "not found")

    def answer(self, status, kind, text):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("", 8765), Handler).serve_forever()
""")
