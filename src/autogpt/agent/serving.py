"""How a small web server begins, for a model that would get the encoding of answers and addresses wrong.

Left to itself a small model writes texts where bytes are wanted, forgets the charset, and compares the address of a
page with what a browser has encoded in it.
"""

import re

from autogpt.agent.legible import legible

PORT = re.compile(r"\bport\s+(\d{2,5})\b|(?:端口|监听)\s*(?:号|为|是)?\s*(\d{2,5})", re.I)
SERVER = re.compile(r"\bserver\b|\bweb ?(?:app|site)\b|\bhttp\b|网站|服务器|服务端", re.I)
CALLS = re.compile(
    r"\bclient\b|\b(?:calls|sends|fetch(?:es)?|polls|downloads)\b|\b(?:uvicorn|gunicorn|flask run)\b|客户端|爬", re.I
)
"""Goals for programs that ask a server, or are not started themselves."""
_OTHERS = re.compile(
    r"\b(?:flask|fastapi|django|aiohttp|tornado|bottle|starlette|sanic|node|express|websockets?|sockets?|tcp|udp|smtp|ftp|"
    r"dns|static files?|proxy|SimpleHTTPRequestHandler|socketserver|asyncio)\b|静态|代理|套接字",
    re.I,
)

_BEGUN = """\
import html
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def main():
    ThreadingHTTPServer(("localhost", {port}), Handler).serve_forever()


class Handler(BaseHTTPRequestHandler):
    def answer(self, text, status=200, kind="text/html"):
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", f"{{kind}}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        address = urlsplit(self.path)
        query = {{name: values[0] for name, values in parse_qs(address.query).items()}}
        if address.path == "{path}":
"""


def begun(goal: str, path: str) -> str:
    """The beginning of the server at the path, up to its first page; '' where the goal wants another thing."""
    goal = legible(goal)
    port = PORT.search(goal)
    if (
        port is None
        or not path.endswith(".py")
        or not SERVER.search(goal)
        or CALLS.search(goal)
        or _OTHERS.search(goal)
    ):
        return ""
    first = re.search(r"\bGET\s+`?(/[\w/.-]*)|访问\s*`?(/[\w/.-]*)|`(/[\w/.-]*)`", goal)
    return _BEGUN.format(port=port[1] or port[2], path=next(filter(None, first.groups()), "/") if first else "/")
