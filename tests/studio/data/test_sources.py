"""Files, folders and URLs: which are read, and which split and class their names speak of."""

import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.sources import pieces, split_of

TEXTS = "text-classification"
ROW = "text,label\n{},x\n"


def texts(corpus) -> dict:
    return {split: rows["text"][:] for split, rows in corpus.splits.items()}


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"),
        ("Training", "train"),
        ("wnut17train.conll", "train"),
        ("train-00000-of-00001.parquet", "train"),
        ("TrainSet.csv", "train"),
        ("zh_gsdsimp-ud-dev.iob2", "validation"),
        ("eng.testa", "validation"),
        ("eng.testb", "test"),
        ("valid.jsonl", "validation"),
        ("my_validation_data.csv", "validation"),
        ("emerging.test.annotated", "test"),
        ("TEST", "test"),
        ("测试集", "test"),
        ("latest.csv", ""),
        ("contest.csv", ""),
        ("reviews.csv", ""),
    ],
)
def test_a_name_speaks_of_its_split(name, split):
    assert split_of(name) == split


def test_a_folder_is_read_by_splits_and_without_what_only_speaks_of_it(tmp_path):
    for name in ("train-1.csv", "train-2.csv", "dev.csv", "sub/test/a.csv", ".hidden.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ROW.format(name))
    (tmp_path / "README.md").write_text("read me")
    (tmp_path / "LICENSE.txt").write_text("free")
    corpus = load(tmp_path, TEXTS)
    assert texts(corpus) == {
        "train": ["train-1.csv", "train-2.csv"],
        "validation": ["dev.csv"],
        "test": ["sub/test/a.csv"],
    }
    assert texts(load(tmp_path, TEXTS, split="dev")) == {"validation": ["dev.csv"]}


@pytest.mark.parametrize(
    "name", ["states.csv", "authors_of_books.csv", "license_plates.csv", "statements.jsonl", "notice.csv", "state.tsv"]
)
def test_data_whose_name_begins_like_that_of_a_notice_is_data(tmp_path, name):
    (tmp_path / "other.csv").write_text(ROW.format("other"))
    (tmp_path / name).write_text('{"text": "x", "label": "x"}\n' if name.endswith("jsonl") else "text\tlabel\na\tx\n")
    for aside in ("state.json", "dataset_info.json", "README_zh.md", "LICENSE-MIT", "CITATION.cff", "metadata.json"):
        (tmp_path / aside).write_text("{}")
    assert {piece.path.name for piece in pieces(tmp_path, tmp_path / "downloads")} == {"other.csv", name}


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UsageError, match=r"pipe.csv' is a pipe or a device, and is read more than once"):
        load(tmp_path / "pipe.csv", TEXTS)
    (tmp_path / "a.csv").write_text(ROW.format("a"))
    assert texts(load(tmp_path, TEXTS)) == {"train": ["a"]}


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="needs another user")
def test_a_folder_that_cannot_be_opened_is_told_and_not_left_out(tmp_path):
    (tmp_path / "data" / "inner").mkdir(parents=True)
    (tmp_path / "data" / "a.csv").write_text(ROW.format("a"))
    (tmp_path / "data" / "inner").chmod(0)
    try:
        if os.geteuid() == 0:  # who may read everything
            for folder in (tmp_path, *tmp_path.parents[:3]):
                folder.chmod(0o755)
            os.seteuid(65534)
        with pytest.raises(UsageError, match=r"the folder '.*inner' cannot be read: Permission denied"):
            list(pieces(tmp_path / "data", tmp_path / "downloads"))
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        (tmp_path / "data" / "inner").chmod(0o700)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("~nobody-has-this-name/x.csv", "begins with '~', but nobody here has a home of that name"),
        ("x" * 300, "names no file: File name too long"),
    ],
)
def test_a_path_that_can_be_none_is_told(named, told):
    with pytest.raises(UsageError, match=told):
        load(named, TEXTS)


def test_a_split_can_be_said_for_each_source_and_stand_in_rows(tmp_path):
    (tmp_path / "a.csv").write_text(ROW.format("a"))
    (tmp_path / "b.csv").write_text(ROW.format("b"))
    assert texts(load({"train": tmp_path / "a.csv", "dev": [tmp_path / "b.csv"]}, TEXTS)) == {
        "train": ["a"],
        "validation": ["b"],
    }
    (tmp_path / "c.csv").write_text("text,label,split\na,x,train\nb,y,val\nc,x,test\n")
    assert texts(load(tmp_path / "c.csv", TEXTS)) == {"train": ["a"], "validation": ["b"], "test": ["c"]}
    assert texts(load(tmp_path / "c.csv", TEXTS, split="test")) == {"test": ["c"]}
    assert texts(load(tmp_path / "a.csv", TEXTS, split="test")) == {"test": ["a"]}


def test_a_split_that_is_not_there_is_said(tmp_path):
    (tmp_path / "train.csv").write_text(ROW.format("a"))
    with pytest.raises(UsageError, match=r"there is no 'test' split in .*; there is train"):
        load(tmp_path, TEXTS, split="test")
    with pytest.raises(UsageError, match="'exam' is no split; train, validation and test are"):
        load(tmp_path, TEXTS, split="exam")


def test_texts_and_images_take_their_class_from_their_folder(tmp_path):
    from PIL import Image

    for name in ("train/pos/1.txt", "train/neg/2.txt", "test/pos/3.txt"):
        (tmp_path / "t" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "t" / name).write_text(name)
    corpus = load(tmp_path / "t", TEXTS)
    assert [tuple(row.values()) for row in corpus.splits["train"]] == [
        ("train/neg/2.txt", "neg"),
        ("train/pos/1.txt", "pos"),
    ]
    for name in ("train/cat/1.png", "train/dog/2.png", "val/cat/test.png"):
        (tmp_path / "i" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "i" / name)
    (tmp_path / "i" / "train" / "cat" / "bad.jpg").write_text("no image")
    corpus = load(tmp_path / "i", "image-classification")
    assert {split: list(zip(rows["image"], rows["label"], strict=True)) for split, rows in corpus.splits.items()} == {
        "train": [(str(tmp_path / "i/train/cat/1.png"), "cat"), (str(tmp_path / "i/train/dog/2.png"), "dog")],
        "validation": [(str(tmp_path / "i/val/cat/test.png"), "cat")],
    }
    assert [(row.where, row.reason.partition(":")[0]) for row in corpus.rejected] == [
        (str(tmp_path / "i/train/cat/bad.jpg"), "is no image")
    ]
    with pytest.raises(UsageError, match=r"the first, '.*bad.jpg': is no image: "):
        load(tmp_path / "i" / "train" / "cat" / "bad.jpg", "image-classification")


class Moving(BaseHTTPRequestHandler):
    """Answers /there with a table, /away with a way to it, and /round with a way to itself."""

    def do_GET(self) -> None:
        body = b"text,label\nfrom afar,x\n"
        match self.path if not self.path.startswith("/long/") else "/there":
            case "/there":
                self.send_response(200)
                self.send_header("Content-Type", "text/csv; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            case "/away" | "/round":
                self.send_response(302)
                self.send_header("Location", "/there" if self.path == "/away" else "/round")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case _:
                self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), Moving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_url_is_fetched_and_named_as_the_source(site):
    corpus = load(f"{site}/away", TEXTS, private=True)
    assert (texts(corpus), corpus.sources) == ({"train": ["from afar"]}, (f"{site}/away",))


def test_a_host_may_be_spelt_in_any_script_and_a_file_be_named_at_length(site):
    wide = site.replace("127.0.0.1", "ｌｏｃａｌｈｏｓｔ")  # fullwidth letters, as an input method leaves them
    assert texts(load(f"{wide}/there", TEXTS, private=True)) == {"train": ["from afar"]}
    assert texts(load(f"{site}/long/{quote('数' * 120)}.csv", TEXTS, private=True)) == {"train": ["from afar"]}


@pytest.mark.parametrize(
    ("path", "more", "told"),
    [
        ("/there", {}, "'127.0.0.1' is at 127.0.0.1, which is no address of the public internet"),
        ("/none", {"private": True}, "answers 404"),
        ("/round", {"private": True}, "leads on more than 5 times"),
        ("/there", {"private": True, "most_bytes": 10}, "has 23 bytes; at most 10 are fetched"),
    ],
)
def test_a_url_that_cannot_be_fetched_says_why(site, path, more, told):
    with pytest.raises(UsageError, match=told):
        load(f"{site}{path}", TEXTS, **more)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a.csv",
        "http://[::1]/a.csv",
        "http://10.0.0.1/a.csv",
        "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/a.csv",
        "http://[64:ff9b::7f00:1]/a.csv",
        "http://[64:ff9b:1::7f00:1]/a.csv",
        "http://[64:ff9b::e000:1]/a.csv",
        "http://[::7f00:1]/a.csv",
        "http://[fec0::1]/a.csv",
        "http://0.0.0.0/a.csv",
        "http://2130706433/a.csv",
    ],
)
def test_addresses_of_this_machine_and_its_network_are_refused(url):
    with pytest.raises(UsageError, match="no address of the public internet"):
        load(url, TEXTS)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://user:secret@nowhere.invalid/x",
        "https://127.0.0.1:99999/a",
        "http://user:secret@[abc/x.csv",
    ],
)
def test_a_url_that_leads_nowhere_is_told_without_its_password(url):
    with pytest.raises(UsageError) as told:
        load(url, TEXTS)
    assert "secret" not in str(told.value)
