"""How a small web server begins, for a model that would get the encoding of answers and addresses wrong.

Left to itself a small model writes texts where bytes are wanted, forgets the charset, and compares the address of a
page with what a browser has encoded in it.
"""

import json
import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import quote

from autogpt.agent.legible import legible
from autogpt.agent.programs.loading import variable
from autogpt.agent.programs.usage import COMMAND, arguments_of
from autogpt.core.contracts import FileHead

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
{reads}        if address.path == "{path}":
"""
_QUERY = "        query = {name: values[0] for name, values in parse_qs(address.query).items()}\n"
_DATA = """\
        with open("{path}", encoding="utf-8") as file:
            {name} = json.load(file)
"""


_NAMES = ("address", "query", "text", "body", "status", "kind", "main", "self")
"""Variables that what is begun has."""


def begun(goal: str, path: str, files: Sequence[FileHead]) -> str:
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
    if any(arguments_of(match) for match in COMMAND.finditer(goal)):
        return ""  # what it is told when it is started, such as its port, is not fixed
    first = re.search(r"\bGET\s+`?(/[\w/.-]*)|访问\s*`?(/[\w/.-]*)|`(/[\w/.-]*)`", goal)
    # What a small model has before its eyes it uses, needed or not.
    reads = _QUERY if re.search(r"/[\w/.-]*\?\w+=", goal) else ""
    if data := _data(goal, files):
        reads += _DATA.format(path=data.path, name=variable(data.path, _NAMES))
    page = next(filter(None, first.groups()), "/") if first else "/"
    return _BEGUN.format(port=port[1] or port[2], reads=reads, path=page)


def _data(goal: str, files: Sequence[FileHead]) -> FileHead | None:
    """The one JSON file there is that the goal names."""
    found = [file for file in files if file.path.endswith(".json") and file.path in goal]
    return found[0] if len(found) == 1 else None


def in_address(address: str, goal: str, files: Sequence[FileHead]) -> str:
    """The address with the placeholder behind its `?name=` filled from the data: a page that is there; '' where none is."""
    match = re.fullmatch(r"(/[\w/.-]*\?(\w+)=)([A-Z]\w*|<\w+>|\{\w+\}|[\u4e00-\u9fff]+)", address)
    values = (_entries(goal, files, match[2]) or _keys(goal, files)) if match else []
    return match[1] + quote(values[0]) if match and values else ""


def listed(clause: str, goal: str, files: Sequence[FileHead]) -> str:
    """A text from the data that a page must show that lists what is in it; '' where the goal does not say so."""
    data = _data(goal, files)
    if (
        data is None
        or data.path not in clause
        or not re.search(r"\blists?\b|\bshows? (?:all|every)\b|列出|所有|全部", clause)
    ):
        return ""
    keys = re.findall(r"\b([a-z]+?)s?\b(?= (?:from|of|in) )", clause)
    names = [name for key in keys for name in _entries(goal, files, key)]
    names = names or (_keys(goal, files) if re.search(r"\bnames\b|名", clause) else [])
    return next((name for name in names if re.fullmatch(r"[\w -]{2,40}", name)), "")


def titled(clause: str) -> str:
    """The title or heading that a page is said to have; '' where none is, or it may be escaped."""
    match = _TITLED.search(clause)
    return next((text for text in match.groups() if text), "") if match else ""


_TITLED = re.compile(
    r"\b(?:titles?|headings?|headlines?|h1|headed|titled)\b[^\"“;.\n]{0,16}[\"“]([\w -]{2,60})[\"”]|(?:标题|题目)[^“”「」\"。；\n]{0,6}[“「\"]([\w -]{2,60})[”」\"]",
    re.I,
)


def _value(goal: str, files: Sequence[FileHead]) -> object:
    data = _data(goal, files)
    try:
        return json.loads(data.head) if data else None
    except ValueError:
        return None


def _entries(goal: str, files: Sequence[FileHead], key: str) -> list[str]:
    """The texts under the key in the objects that the data is a list of."""
    value = _value(goal, files)
    if not isinstance(value, list):
        return []
    rows = [cast("dict[str, object]", row) for row in cast("list[object]", value) if isinstance(row, dict)]
    return [name for row in rows if isinstance(name := row.get(key), str)]


def _keys(goal: str, files: Sequence[FileHead]) -> list[str]:
    """The data's own keys, where they name objects."""
    value = _value(goal, files)
    if not isinstance(value, dict):
        return []
    entries = cast("dict[str, object]", value)
    return list(entries) if all(isinstance(entry, dict) for entry in entries.values()) else []
