"""Text files in any encoding: found out, named, or told with the one to try."""

import io
import json
from pathlib import Path

import pytest

from autogpt import AutoGptDataset
from autogpt.cli.main import run
from autogpt.cli.studio_told import prepared_lines
from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.feed import Feed, prepare
from autogpt.studio.data.text import _likely

TASK = "text-classification"
CHINESE = "文本,标签\n这家餐馆的菜很好吃,好\n酒店太吵了睡不着,坏\n"
FRENCH = "text,label\nun café très agréable et une bonne idée,bon\nle dîner était déjà froid à l'arrivée,mauvais\n"


def texts(corpus) -> list[str]:
    return [row["text"] for row in corpus.splits["train"]]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8-sig", b""), ("utf-16", b""), ("utf-32", b""), ("utf-16-le", b"\xff\xfe"), ("gb18030", b"")],
)
@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_marks_and_chinese_are_found_out(tmp_path, encoding, mark, form):
    rows = [line.split(",") for line in CHINESE.splitlines()[1:]]
    held = [{"text": text, "label": label} for text, label in rows]
    content = {
        "csv": CHINESE,
        "jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in held),
        "json": json.dumps(held, ensure_ascii=False),
    }
    path = tmp_path / f"a.{form}"
    path.write_bytes(mark + content[form].encode(encoding))
    assert texts(load(path, TASK)) == [text for text, _ in rows]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "résumés"),  # é and s are together a rare character of GB 18030
        ("cp1252", "mañana"),
        ("big5", "餐館的菜很好吃"),
        ("euc_kr", "이 식당은 정말 맛있고 직원들이 친절합니다"),
        ("shift_jis", "このレストランはおいしい"),
    ],
)
def test_short_texts_of_other_tongues_are_not_taken_for_chinese(tmp_path, encoding, text):
    (tmp_path / "a.csv").write_bytes(f"text,label\n{text},x\n".encode(encoding))
    with pytest.raises(UsageError, match="is not UTF-8"):
        load(tmp_path / "a.csv", TASK)
    assert texts(load(tmp_path / "a.csv", TASK, encoding=encoding)) == [text]


@pytest.mark.parametrize(
    "text", ["好", "很好吃", "差评！", "“服务”很好，5星", "這家餐館的菜很好吃，酒店太吵了，睡不著"]
)
def test_short_chinese_texts_are_read_and_it_is_told_in_which_encoding(tmp_path, text):
    (tmp_path / "a.csv").write_bytes(f"text,label\n{text.replace(',', ' ')},x\n".encode("gb18030"))
    (tmp_path / "b.csv").write_text("text,label\nцена,x\n", "utf-8")
    corpus, prepared = prepare(Feed(sources=(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))), TASK)
    assert texts(corpus) == [text, "цена"]
    assert prepared.assumed == {str(tmp_path / "a.csv"): "gb18030"}
    line = "1 files read as GB18030 by their content, first"
    assert any(line in told for told in prepared_lines(prepared.model_dump(mode="json")))
    (tmp_path / "c.csv").write_bytes(("text,label\n" + "a day,好\na trip,差\n" * 30).encode("gb18030"))
    assert load(tmp_path / "c.csv", TASK).labels == ("好", "差")
    named = Feed(sources=(str(tmp_path / "a.csv"),), encoding="gb18030")
    assert prepare(named, TASK)[1].assumed == {}


@pytest.mark.parametrize(
    ("encoding", "content"),
    [("gbk", CHINESE), ("GB-18030", CHINESE), ("cp1252", FRENCH), ("latin-1", FRENCH),
     ("big5", "text,label\n餐館,好\n"), ("utf-16-be", FRENCH),
     ("iso2022_jp", "text,label\nすし,good\n"), ("utf-8", FRENCH)],
)  # fmt: skip
def test_a_named_encoding_is_kept_to(tmp_path, encoding, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode(encoding.replace("GB-", "gb")))
    wanted = [line.split(",")[0] for line in content.splitlines()[1:]]
    assert texts(load(path, TASK, encoding=encoding)) == wanted
    assert [row["text"] for row in AutoGptDataset.load(path, TASK, encoding=encoding)] == wanted


@pytest.mark.parametrize("name", ["nonsense", "base64", "\0"])
def test_an_encoding_that_there_is_not_is_told(tmp_path, name):
    (tmp_path / "a.csv").write_text("text,label\na,b\n")
    with pytest.raises(UsageError, match="no encoding is known as"):
        load(tmp_path / "a.csv", TASK, encoding=name)


@pytest.fixture
def studio(tmp_path, monkeypatch, capsys):
    for name in ("AUTOGPT_HOME", "AUTOGPT_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_the_encoding_to_try_is_told_with_file_and_line(studio, tmp_path):
    Path("a.csv").write_bytes(FRENCH.encode("cp1252"))
    Path("only.csv").write_bytes("text,label\nun café,bon\n".encode("cp1252"))
    Path("a.json").write_bytes(b'[\n{"text": "caf\xe9 d\xe9j\xe0 ferm\xe9, \xe0 bient\xf4t", "label": "x"}]')
    told = studio("studio", "data", "convert", "a.csv", "-o", "out", "--stop-on-bad", "-q")
    assert told == (
        2,
        "",
        "autogpt: a.csv:2: is not UTF-8: byte 7 of the line is 0xe9; it may be --encoding cp1252\n".replace(
            "a.csv", str(tmp_path / "a.csv")
        ),
    )
    code, _, err = studio("--lang", "zh", "studio", "data", "convert", "a.csv", "-o", "out", "--stop-on-bad", "-q")
    assert (code, "不是 UTF-8：该行第 7 个字节是 0xe9；也许应加 --encoding cp1252" in err) == (2, True)
    code, _, err = studio("--lang", "zh", "studio", "data", "convert", "only.csv", "-o", "out", "-q")
    assert (code, "only.csv:2'：不是 UTF-8：该行第 7 个字节是 0xe9" in err) == (2, True), err
    code, _, err = studio("studio", "data", "convert", "a.json", "-o", "out", "-q")
    assert (code, "line 2 holds the byte 0xe9; it may be --encoding cp1252" in err) == (2, True)
    code, _, err = studio("studio", "data", "convert", "a.csv", "-o", "out", "--encoding", "cp1252", "-q")
    assert (code, Path("out/train.jsonl").read_text("utf-8").count("café")) == (0, 1), err


def test_what_comes_on_stdin_is_read_in_its_encoding_too(studio, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"good\ncaf\xe9\n"), "utf-8"))
    code, _, err = studio("studio", "predict", "nope")
    assert (code, err) == (2, "autogpt: line 2 of what is typed is not UTF-8; name its encoding (--encoding)\n")


@pytest.mark.parametrize(
    ("encoding", "texts"),
    [
        (
            "big5",
            "服務態度差 客服沒有回應 送貨太慢 包裝破損 推薦給大家 非常失望 早餐豐富 退款 你好嗎 房間很乾淨，服務也很好",
        ),
        ("cp932", "ﾊﾟｿｺﾝが壊れた 満足 普通 最悪です サービスが悪い 東京都千代田区 こんにちは 部屋はきれいでした"),
        ("euc_kr", "안녕하세요 배송이 늦어요 추천 최악 서비스가 나빠요"),
        ("cp1251", "Привет"),
        ("cp1252", "café schön Überraschung"),
    ],
)
def test_of_a_few_characters_the_encoding_is_guessed_in_which_they_are_in_daily_use(tmp_path, encoding, texts):
    path = tmp_path / "short.csv"
    wrong = {}
    for text in texts.split():
        path.write_bytes(f"text,label\n{text},a\n".encode(encoding))
        if (likely := _likely(path, "short.csv")) != encoding:
            wrong[text] = likely
    assert wrong == {}
