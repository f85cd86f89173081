"""A feed is prepared in one go, and what is saved is read back as it was."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.feed import Feed, Prepared, prepare
from autogpt.studio.data.guess import tasks_for
from autogpt.studio.data.save import save

TASK = "text-classification"
ROWS = [('a\nb, "c"\t\' ; |', "x"), ("=1+1", "y"), ("你好", "x"), (" spaced ", "y"), ("#", "x")]


def rows(corpus) -> list:
    return [tuple(row.values()) for row in corpus.splits["train"]]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_what_is_saved_is_read_back(tmp_path, form):
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps({"text": text, "label": label}) for text, label in ROWS))
    (path,) = save(load(tmp_path / "in.jsonl", TASK), tmp_path / "out", form)
    assert path.name == f"train.{form}"
    assert rows(load(tmp_path / "out", TASK)) == ROWS


@example(texts=["one paragraph\n\nanother", "a return\ralone", "\n \n first"])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip), min_size=1))
def test_any_text_survives_csv(texts, tmp_path_factory):
    if any("\0" in text or "\r\n" in text for text in texts):  # a line break is read as LF
        return
    folder = tmp_path_factory.mktemp("any")
    (folder / "in.jsonl").write_text("\n".join(json.dumps({"text": text, "label": "x"}) for text in texts))
    save(load(folder / "in.jsonl", TASK), folder / "out", "csv")
    assert [text for text, _ in rows(load(folder / "out", TASK))] == texts


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "conll"])
def test_tokens_and_tags_are_read_back(tmp_path, form):
    (tmp_path / "in.conll").write_text('"\tO\nBo Li\tB-PER\n#\tO\n\nx\tO\n')
    before = load(tmp_path / "in.conll", "token-classification")
    save(before, tmp_path / "out", form)
    after = load(tmp_path / "out", "token-classification")
    assert (rows(after), after.labels) == (rows(before), before.labels)


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize(
    ("task", "row"),
    [
        ("sft", {"messages": [{"role": "user", "content": 'a "b", c\n'}, {"role": "assistant", "content": "[1]"}]}),
        ("multi-label", {"text": "one, two", "labels": ["a", "b; c"]}),
        ("preference", {"prompt": "one", "chosen": "two", "rejected": "[]"}),
        ("recommendation", {"history": ["a, b", "c"], "item": "d"}),
        ("seq2seq", {"source": "one", "target": "two"}),
        ("causal-lm", {"text": "one"}),
    ],
)
def test_rows_of_every_shape_are_read_back_and_taken_for_what_they_are(tmp_path, form, task, row):
    (tmp_path / "in.jsonl").write_text(f"{json.dumps(row)}\n" * 2)
    save(load(tmp_path / "in.jsonl", task), tmp_path / "out", form)
    assert list(load(tmp_path / "out", task).splits["train"]) == [row, row]
    assert tasks_for(Feed(sources=(str(tmp_path / "out"),)))[0] == task


def test_a_form_that_cannot_hold_the_rows_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\na,b\n")
    corpus = load(tmp_path / "a.csv", TASK)
    with pytest.raises(UsageError, match="CoNLL holds tokens and tags"):
        save(corpus, tmp_path / "out", "conll")
    with pytest.raises(UsageError, match="'xls' is no form to save"):
        save(corpus, tmp_path / "out", "xls")
    with pytest.raises(UsageError, match="cannot be written"):
        save(corpus, tmp_path / "a.csv" / "sub", "csv")


def test_a_feed_cleans_masks_and_cuts(tmp_path):
    lines = [f"text number {n} from u{n}@x.org,{n % 2}" for n in range(20)]
    (tmp_path / "a.csv").write_text("\n".join(["text,label", *lines, lines[0], "the exam asks what a fox is,1", "bad"]))
    (tmp_path / "exam.txt").write_text("The exam asks what a fox is.\n")
    (tmp_path / "other.csv").write_text("text,label\nfor the proof,2\n")
    feed = Feed(
        sources=(str(tmp_path / "a.csv"),),
        splits={"test": (str(tmp_path / "other.csv"),)},
        dedupe=True,
        near=None,
        against=(str(tmp_path / "exam.txt"),),
        redact=True,
        cut={"validation": 0.2},
    )
    corpus, told = prepare(feed, TASK)
    assert told == Prepared(
        rows={"train": 16, "validation": 4, "test": 1},
        same=1,
        exam=1,
        redacted={"e-mail": 20},
        rejected=1,
        rejected_first=(f"{tmp_path / 'a.csv'}:24: 2 columns were expected, there are 1",),
    )
    assert corpus.labels == ("0", "1", "2")
    assert all("[e-mail]" in text for text in corpus.splits["train"]["text"])
    assert Feed.model_validate_json(feed.model_dump_json()) == feed


def test_what_an_exam_cannot_be_read_of_is_told(tmp_path):
    (tmp_path / "in.csv").write_text("text,label\n" + "".join(f"row {at} says café {at},x\n" for at in range(9)))
    exam = tmp_path / "exam.txt"
    exam.write_bytes("row 3 says café 3\n".encode("cp1252"))
    feed = Feed(sources=(str(tmp_path / "in.csv"),), against=(str(exam),))
    with pytest.raises(UsageError, match="no row of 1 can be used"):
        prepare(feed, TASK)
    exam.write_bytes("row 3 says café 3\nrow 4 says nothing\n".encode("cp1252"))
    _, told = prepare(feed, TASK)
    assert (told.exam, told.rejected) == (0, 1)
    assert "exam.txt:1: is not UTF-8" in told.rejected_first[0]
    with pytest.raises(UsageError, match=r"exam.txt:1: is not UTF-8"):
        prepare(feed.model_copy(update={"on_bad": "stop"}), TASK)
