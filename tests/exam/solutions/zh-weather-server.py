from pathlib import Path

Path("app.py").write_text(
    """
import html
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

WEATHER = json.load(open("weather.json", encoding="utf-8"))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        name = parse_qs(url.query).get("name", [""])[0]
        if url.path == "/":
            status, text = 200, "".join(f"<li>{html.escape(city)}</li>" for city in WEATHER)
        elif url.path == "/city" and name in WEATHER:
            status, text = 200, f"<p>{name}：{WEATHER[name]['天气']}，{WEATHER[name]['温度']}℃</p>"
        else:
            status, text = 404, "<p>没有找到这个城市</p>"
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<html lang='zh'><title>城市天气</title><h1>城市天气</h1>{text}</html>".encode())


HTTPServer(("127.0.0.1", 8766), Handler).serve_forever()
""",
    encoding="utf-8",
)
Path("说明.md").write_text(
    """# 说明

启动：`python app.py`。启动以后在浏览器里打开本机的 8766 端口，就能看到城市列表；在地址后面加上城市名可以查看天气。
""",
    encoding="utf-8",
)
