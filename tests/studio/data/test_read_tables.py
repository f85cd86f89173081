"""Tables of any make become rows; what is malformed is told with its file and line."""

import json

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio.data import load

TEXTS = "text-classification"


def write(tmp_path, name: str, content: str | bytes):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(corpus, split: str = "train") -> list:
    return list(map(tuple, (row.values() for row in corpus.splits[split])))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,label\ngood,1\nbad,0\n"),
        ("a.csv", "\ufefftext,label\r\ngood,1\r\nbad,0\r\n"),
        ("a.csv", "Review;Sentiment\ngood;1\nbad;0\n"),
        ("a.csv", "id|label|utterance\n7|1|good\n8|0|bad\n"),
        ("a.csv", '"text","label"\n"good","1"\n\n"bad","0"'),
        ("a.csv", "good,1\nbad,0\n"),
        ("a.tsv", "1\tgood\n0\tbad\n"),
        ("a.txt", "good\t1\nbad\t0\n"),
        ("a.txt", "__label__1 good\n__label__0 bad\n"),
        ("a.jsonl", '{"text": "good", "label": 1}\n\n{"text": "bad", "label": 0}\n'),
        ("a.json", '[{"sentence": "good", "class": 1.0}, {"sentence": "bad", "class": 0.0}]'),
        ("a.json", '{"data": [{"text": "good", "label": "1"}, {"text": "bad", "label": "0"}]}'),
        ("a.json", '{"text": ["good", "bad"], "label": [1, 0]}'),
        ("a.json", '{"text": "good", "label": 1}\n{"text": "bad", "label": 0}\n'),
        ("a", '{"text": "good", "label": 1}\n{"text": "bad", "label": 0}\n'),
        ("a.csv", "text,label\ngood,1\nbad,0\n".encode("utf-16")),
        ("a.csv", "text,label\ngood,1\nbad,0\n".encode("utf-16-le")),
        ("a.csv", "text,label\rgood,1\rbad,0\r"),
    ],
)
def test_the_same_two_rows_are_read_from_any_form(tmp_path, name, content):
    corpus = load(write(tmp_path, name, content), TEXTS)
    assert rows(corpus) == [("good", "1"), ("bad", "0")]
    assert (corpus.labels, corpus.rejected, corpus.task) == (("0", "1"), (), TEXTS)


def test_parquet_and_arrow_know_what_their_integers_mean(tmp_path):
    from datasets import ClassLabel, Dataset, Features, Value

    features = Features({"text": Value("string"), "label": ClassLabel(names=["bad", "good"])})
    data = Dataset.from_dict({"text": ["fine", "poor"], "label": [1, 0]}, features=features)
    data.to_parquet(tmp_path / "a.parquet")
    data.save_to_disk(tmp_path / "saved")
    assert rows(load(tmp_path / "a.parquet", TEXTS)) == [("fine", "good"), ("poor", "bad")]
    assert rows(load(tmp_path / "saved", TEXTS)) == [("fine", "good"), ("poor", "bad")]


def test_names_for_integers_can_be_given(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\nfine,1\npoor,0\nodd,2\n")
    corpus = load(path, TEXTS, labels=["bad", "good"])
    assert rows(corpus) == [("fine", "good"), ("poor", "bad")]
    assert [row.reason for row in corpus.rejected] == ["the label 2 is none of the 2 that have names"]


def test_gb18030_is_recognised(tmp_path):
    path = write(tmp_path, "a.csv", "文本,标签\n这家餐馆很好吃,好\n酒店太吵了,坏\n".encode("gb18030"))
    assert rows(load(path, TEXTS)) == [("这家餐馆很好吃", "好"), ("酒店太吵了", "坏")]


def test_gzip_is_unpacked(tmp_path):
    import gzip

    path = write(tmp_path, "train.csv.gz", gzip.compress(b"text,label\ngood,1\n"))
    assert rows(load(path, TEXTS)) == [("good", "1")]


def test_quotes_hold_line_breaks_in_csv_and_are_text_in_a_tsv_that_does_not_use_them(tmp_path):
    comma = write(tmp_path, "a.csv", 'text,label\n"one\ntwo, ""three""",1\nfour,0\n')
    assert rows(load(comma, TEXTS)) == [('one\ntwo, "three"', "1"), ("four", "0")]
    tab = write(tmp_path, "b.tsv", '"No" he said\t1\n"never closed\t0\nfour\t0\n')
    assert rows(load(tab, TEXTS)) == [('"No" he said', "1"), ('"never closed', "0"), ("four", "0")]
    quoted = write(tmp_path, "c.tsv", 'text\tlabel\n"one ""two""\nthree"\t1\nfour\t0\n')
    assert rows(load(quoted, TEXTS)) == [('one "two"\nthree', "1"), ("four", "0")]


BAD_CSV = b'text,label\ngood,1\n"open,0\nbad,0\na,b,c\n,1\nworse,\nfine,1\nnul\0,1\n' + b"caf\xe9,1\nlast,0\n"


def test_malformed_rows_are_told_by_line_and_the_rest_goes_on(tmp_path):
    path = write(tmp_path, "a.csv", BAD_CSV)
    corpus = load(path, TEXTS)
    assert rows(corpus) == [("good", "1"), ("bad", "0"), ("fine", "1"), ("last", "0")]
    assert [(row.file, row.line, row.reason) for row in corpus.rejected] == [
        (str(path), 3, "not CSV: a quote is opened and not closed"),
        (str(path), 5, "2 columns were expected, there are 3"),
        (str(path), 6, "the text is empty"),
        (str(path), 7, "the label is empty"),
        (str(path), 9, "holds NUL bytes"),
        (str(path), 10, "is not UTF-8: byte 4 of the line is 0xe9; it may be --encoding cp1252"),
    ]


def test_the_first_malformed_row_stops_the_loading_if_asked_to(tmp_path):
    path = write(tmp_path, "a.csv", BAD_CSV)
    with pytest.raises(UsageError, match=r"a\.csv:3: not CSV: a quote is opened and not closed"):
        load(path, TEXTS, on_bad="stop")


def test_bad_json_lines_are_told(tmp_path):
    good = json.dumps({"text": "t", "label": "x"})
    lines = [
        good,
        "{",
        "[1]",
        '{"text": "t"}',
        '{"text": 1, "label": {}}',
        '{"text": "\\ud800", "label": 1}',
        "[" * 9999,
    ]
    corpus = load(write(tmp_path, "a.jsonl", "\n".join([*lines, good])), TEXTS)
    assert len(corpus.splits["train"]) == 2
    assert [(row.line, row.reason[:48]) for row in corpus.rejected] == [
        (2, "not JSON: Expecting property name enclosed in do"),
        (3, "an object was expected, not list"),
        (4, "there is no column for 'label', only 'text'"),
        (5, "label: text was expected, not dict"),
        (6, "text: holds half a surrogate pair, which is not "),
        (7, corpus.rejected[-1].reason[:48]),
    ]


def test_a_json_list_that_is_cut_off_keeps_what_came_before(tmp_path):
    corpus = load(write(tmp_path, "a.json", '[\n{"text": "a", "label": 1},\n{"text": "b", "la'), TEXTS)
    assert rows(corpus) == [("a", "1")]
    assert corpus.rejected[0].line == 3


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \n \n", "is empty"),
        ("a.csv", bytes(100), "is not a text file: it is full of NUL bytes"),
        ("a.parquet", b"no", "is not a Parquet file"),
        ("a.arrow", b"no", "is not an Arrow file"),
        ("a.json", b"{no}", "is not JSON"),
        ("a.gz", b"\x1f\x8bno", "cannot be read"),
        ("a.jsonl", b"{}\n", "no row of 1 can be used; the first, '.*:1': there is no column for 'text'"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, content, told):
    with pytest.raises(UsageError, match=told):
        load(write(tmp_path, name, content), TEXTS)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match="there is no file or folder"):
        load(tmp_path / "nothing.csv", TEXTS)
    (tmp_path / "void").mkdir()
    with pytest.raises(UsageError, match="holds no files"):
        load(tmp_path / "void", TEXTS)
    with pytest.raises(UsageError, match="no task is known as 'nonsense'"):
        load(write(tmp_path, "a.csv", "text\na\n"), "nonsense")


def test_a_named_column_must_be_there(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\na,b\n")
    with pytest.raises(UsageError, match=r"has no column 'nope' \(for 'text'\); it has text, label"):
        load(path, TEXTS, columns={"text": "nope"})
    with pytest.raises(UsageError, match="'texts' is no column of text-classification; text, label are"):
        load(path, TEXTS, columns={"texts": "text"})
    (tmp_path / "b.csv").write_text("date,place,sentiment\n" + "a,b,c\n" * 3)
    with pytest.raises(
        UsageError, match=r"has columns date, place, sentiment, and none is known to be 'text'; name it"
    ):
        load(tmp_path / "b.csv", TEXTS)


def test_columns_can_be_named_and_are_guessed_where_they_have_no_names(tmp_path):
    odd = write(tmp_path, "odd.csv", "foo,bar,baz\nyes,a long text,nonsense\nno,another text,nonsense\n")
    assert rows(load(odd, TEXTS, columns={"text": "bar", "label": "foo"})) == [
        ("a long text", "yes"),
        ("another text", "no"),
    ]
    bare = write(tmp_path, "bare.csv", "".join(f"{n},{'ab'[n % 2]},a long text {n}\n" for n in range(30)))
    assert rows(load(bare, TEXTS))[:2] == [("a long text 0", "a"), ("a long text 1", "b")]
    strange = write(tmp_path, "s.csv", "Inhalt,Klasse\n" + "".join(f"Satz {n},{'ab'[n % 2]}\n" for n in range(40)))
    assert rows(load(strange, TEXTS))[:1] == [("Satz 0", "a")]


@pytest.mark.parametrize(
    ("task", "content", "row"),
    [
        ("multi-label", '{"text": "a", "labels": ["x", "y"]}', {"text": "a", "labels": ["x", "y"]}),
        ("multi-label", '{"text": "a", "labels": []}', {"text": "a", "labels": []}),
        ("multi-label", '{"comment": "a", "toxic": 1, "rude": 0, "id": 9}', {"text": "a", "labels": ["toxic"]}),
        ("multi-label", '{"text": "a", "tags": "x|y"}', {"text": "a", "labels": ["x", "y"]}),
        (
            "text-pair",
            '{"premise": "a", "hypothesis": "b", "label": 2}',
            {"text": "a", "text_pair": "b", "label": "2"},
        ),
        ("seq2seq", '{"document": "long", "summary": "short"}', {"source": "long", "target": "short"}),
        ("embedding", '{"anchor": "a", "positive": "b"}', {"text": "a", "text_pair": "b"}),
        ("policy-gradient", '{"question": "1+1", "answer": 2}', {"prompt": "1+1", "answer": "2"}),
        (
            "recommendation",
            '{"clicked": ["a", "b"], "next_item": "c"}',
            {"history": ["a", "b"], "item": "c"},
        ),
        (
            "preference",
            '{"prompt": "p", "chosen": "c", "rejected": "r"}',
            {"prompt": "p", "chosen": "c", "rejected": "r"},
        ),
        (
            "preference",
            '{"chosen": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "c"}],'
            ' "rejected": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "r"}]}',
            {"prompt": "p", "chosen": "c", "rejected": "r"},
        ),
        ("causal-lm", '{"content": "once"}', {"text": "once"}),
    ],
)
def test_each_task_finds_its_columns(tmp_path, task, content, row):
    corpus = load(write(tmp_path, "a.jsonl", content), task)
    assert corpus.splits["train"][0] == row


def test_a_space_before_the_first_label_makes_no_header_of_the_first_row(tmp_path):
    (tmp_path / "a.csv").write_text("".join(f"row {n}, {'good' if n % 2 else 'bad'}\n" for n in range(40)))

    assert len(load(tmp_path / "a.csv", "text-classification").splits["train"]) == 40


def test_nested_columns_can_be_named(tmp_path):
    path = write(tmp_path, "a.jsonl", '{"translation": {"en": "house", "zh": "房子"}}')
    corpus = load(path, "seq2seq", columns={"source": "translation.en", "target": "translation.zh"})
    assert corpus.splits["train"][0] == {"source": "house", "target": "房子"}


def test_rows_to_ask_a_model_with_need_no_labels(tmp_path):
    assert rows(load(write(tmp_path, "a.csv", "text\nhello\n"), TEXTS, targets=False)) == [("hello",)]
    assert rows(load(write(tmp_path, "b.txt", "hello there\n"), TEXTS, targets=False)) == [("hello there",)]


def test_texts_are_paragraphs_or_lines_and_code_is_whole(tmp_path):
    assert rows(load(write(tmp_path, "a.txt", "a\nb\n\nc\n"), "causal-lm")) == [("a\nb",), ("c",)]
    assert rows(load(write(tmp_path, "b.txt", "a\nb\n"), "masked-lm")) == [("a",), ("b",)]
    assert rows(load(write(tmp_path, "c.py", "x = 1\n\ny = 2\n"), "causal-lm")) == [("x = 1\n\ny = 2\n",)]


def test_a_huge_line_costs_itself_alone(tmp_path):
    path = write(tmp_path, "a.jsonl", b'{"text": "' + b"x" * 9_000_000 + b'"}\n{"text": "a", "label": "b"}\n')
    corpus = load(path, TEXTS)
    assert rows(corpus) == [("a", "b")]
    assert [(row.line, row.reason) for row in corpus.rejected] == [(1, "a line longer than 8,000,000 bytes")]
