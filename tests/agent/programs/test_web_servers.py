"""A small web server begins with what small models get wrong."""

import http.client
import json
import socket
import subprocess
import sys
import time
from contextlib import closing
from urllib.parse import quote

import pytest

from autogpt.agent.programs.mending import mended
from autogpt.agent.programs.serving import begun
from autogpt.agent.reading.started import started
from autogpt.core.contracts import FileHead

BODY = """\
            self.answer("<p>城市</p>")
        elif address.path == "/city":
            self.answer(json.dumps(query, ensure_ascii=False), kind="application/json")
        else:
            self.answer("none", 404)
"""


def test_a_server_that_is_gone_on_with_answers_whole_texts(tmp_path):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = begun(f"写一个小网站 app.py，监听 {port} 端口。访问 / 时显示网页，访问 /city?name=城市名", "app.py", ())
    (tmp_path / "app.py").write_text(mended(start + BODY), "utf-8")
    server = subprocess.Popen([sys.executable, "app.py"], cwd=tmp_path, stderr=subprocess.DEVNULL)

    def get(path):
        for _ in range(100):
            try:
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                link.request("GET", path)
                seen = link.getresponse()
                return seen.status, seen.headers["Content-Type"], seen.read().decode()
            except ConnectionRefusedError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    try:
        assert get("/") == (200, "text/html; charset=utf-8", "<p>城市</p>")
        status, kind, text = get(f"/city?name={quote('杭州')}")
        assert (status, kind, json.loads(text)) == (200, "application/json; charset=utf-8", {"name": "杭州"})
        assert get("/x")[0] == 404
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize(
    ("goal", "path", "first"),
    [
        ("server.py, a web server on port 8765. GET /items answers JSON.", "server.py", "/items"),
        ("server.py, a web server on port 8765 that says hello.", "server.py", "/"),
        ("server.py, a web server: `python server.py 8765` listens on port 8765. GET / says hi.", "server.py", None),
        ("A web server with Flask, app.py, on port 8000. GET / says hi.", "app.py", None),
        ("client.py is a client that asks the server on port 8000.", "client.py", None),
        ("Serve the static files of site/ with server.py on port 8000, a web server.", "server.py", None),
        ("server.py, a web server on port 8765, and its page.html", "page.html", None),
        ("port.py lists the exports", "port.py", None),
    ],
)
def test_only_a_plain_web_server_is_begun(goal, path, first):
    start = begun(goal, path, ())
    assert (f'if address.path == "{first}":' in start) if first else start == ""


CITIES = [FileHead(path="weather.json", size=9, head='{"杭州": {"天气": "多云"}, "广州": {"天气": "晴"}}')]
ITEMS = [FileHead(path="items.json", size=9, head='[{"name": "Cups & saucers"}, {"name": "Tea pot"}]')]


def test_its_data_is_read_in():
    start = begun("A web server, s.py, on port 8765. GET / lists the names from items.json.", "s.py", ITEMS)
    assert 'with open("items.json", encoding="utf-8") as file:\n            items = json.load(file)' in start
    assert "query" not in start
    taken = begun(
        "A web server, s.py, on port 80. GET / shows address.json.", "s.py", [FileHead(path="address.json", size=2)]
    )
    assert "address_rows = json.load(file)" in taken


@pytest.mark.parametrize(
    ("goal", "files", "pages"),
    [
        (
            "server.py, a web server on port 8765. GET / answers a page that lists the names from items.json, GET "
            "/api/items answers items.json as JSON, and any other path answers 404.",
            ITEMS,
            [("/", "Tea pot"), ("/api/items", "")],
        ),
        (
            "写小网站 server.py，监听 8765 端口。访问 / 时列出 weather.json 里的城市名；访问 /city?name=城市名 时显示天气，"
            "没有这个城市时返回 404。",
            CITIES,
            [("/", "杭州"), ("/city?name=%E6%9D%AD%E5%B7%9E", "")],
        ),
        (
            "server.py, a web server on port 8765. GET /item?name=NAME shows one of items.json.",
            ITEMS,
            [("/item?name=Cups%20%26%20saucers", "")],
        ),
        ("server.py, a web server on port 8765. GET /item?id=ID shows one of items.json.", ITEMS, []),
        ("server.py, a web server on port 8765. GET / lists the temperatures of weather.json.", CITIES, [("/", "")]),
        ("server.py, a web server on port 8765. GET / shows how many are in items.json.", ITEMS, [("/", "")]),
    ],
)
def test_pages_are_asked_for_what_the_data_has(goal, files, pages):
    checks = started(goal, ["server.py"], files, "en")
    assert [(check.path, check.contains) for check in checks if check.kind == "page_answers"] == pages
