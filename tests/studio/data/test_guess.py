"""What rows are for is told from what they hold, where nobody says it."""

import json

import pytest

from autogpt.studio.data.feed import Feed
from autogpt.studio.data.guess import tasks_for

CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
SHARED = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}
SPANS = {"text": "Ann sleeps", "entities": [[0, 3, "PER"]]}
PLAIN = ("causal-lm", "masked-lm")
TALE = "It was night, and dark.\nA man came, saw, and, after a while, left.\nNobody knew why.\n" * 5


@pytest.mark.parametrize(
    ("name", "content", "tasks"),
    [
        ("a.csv", "text,label\nso good,yes\nso bad,no\n", ()),
        ("a.csv", "so good,yes\nso bad,no\n", ()),
        ("a.tsv", "so good, really\t1\nso bad\t0\n", ()),
        ("a.txt", "so good\t1\nso bad\t0\n", ()),
        ("a.csv", "question,answer\n" + "is it red?,yes\nis it blue?,no\n" * 10, ()),
        ("a.csv", "question,answer\nwho came?,a man\nwhen?,at night\n", ("sft", "policy-gradient")),
        ("a.csv", "premise,hypothesis,label\nit rains,it is wet,yes\n", ("text-pair",)),
        ("a.csv", "anchor,positive\nrain,wet weather\n", ("embedding",)),
        ("a.csv", "article,highlights\na long text,a text\n", ("seq2seq",)),
        ("a.csv", "text,labels\none,sport|news\ntwo,news\n", ("multi-label",)),
        ("a.csv", "text,sport,news\none,1,1\ntwo,0,1\n", ("multi-label",)),
        ("a.csv", "tokens,tags\nAnn sleeps,B-PER O\n", ("token-classification",)),
        ("a.csv", "user_id,history,item\n1,a|b,c\n", ("recommendation",)),
        ("a.csv", 'messages\n"[{""role"": ""user"", ""content"": ""Hi""}]"\n', ("sft",)),
        ("a.csv", "image,label\nred/1.png,red\n", ("image-classification",)),
        ("a.conll", "Ann B-PER\nsleeps O\n", ("token-classification",)),
        ("train.txt", "Ann NNP B-NP I-PER\nsleeps VBZ B-VP O\n\nHe PRP B-NP O\n", ("token-classification",)),
        ("tale.txt", TALE, PLAIN),
        ("tale.txt", "".join(f"Day {n}. It was a day, at {n % 3}\nNobody came.\n\n" for n in range(40)), PLAIN),
        ("a.py", "def one():\n    return 1\n", PLAIN),
        ("a.txt", "__label__good so good\n__label__bad so bad\n", ()),
        ("a.txt", "__label__good __label__new so good\n__label__bad so bad\n", ("multi-label",)),
        ("a.jsonl", [CHAT], ("sft",)),
        ("a.json", [SHARED], ("sft",)),
        ("a.jsonl", [{"instruction": "Add 1 and 1", "input": "", "output": "2"}], ("sft",)),
        ("a.jsonl", [{"prompt": "Hi", "chosen": "Hello!", "rejected": "What?"}], ("preference", "reward")),
        ("a.jsonl", [{"tokens": ["Ann", "sleeps"], "ner_tags": [1, 0]}], ("token-classification",)),
        ("a.jsonl", [{"text": "It rains", "entities": []}, SPANS], ("token-classification",)),
        ("a.jsonl", [{**SPANS, "label": "rest"}], ("token-classification", "text-classification")),
        ("a.jsonl", [{"text": "one", "tags": ["sport", "news"]}], ("multi-label",)),
        ("a.jsonl", [{"text": "one", "label": "news"}], ()),
        ("a.jsonl", [{"text": "one", "label": 1}], ()),
        ("a.jsonl", [{"text": "one", "id": 1}], PLAIN),
        ("a.jsonl", [{"what": 1, "ever": 2}], ()),
        ("a.jsonl", "no json\n", ()),
        ("a.csv", b"\0\1\2\0", ()),
    ],
)
def test_rows_say_what_they_are_for(tmp_path, name, content, tasks):
    if isinstance(content, list):
        lines = [json.dumps(row) for row in content]
        content = "\n".join(lines) if name.endswith("l") else f"[{','.join(lines)}]"
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    assert tasks_for(Feed(sources=(str(tmp_path / name),))) == tasks


def test_folders_are_classes_of_texts_or_images(tmp_path):
    for label in ("good", "bad"):
        (tmp_path / "texts" / label).mkdir(parents=True)
        (tmp_path / "texts" / label / "1.txt").write_text(f"so {label}")
        (tmp_path / "images" / label).mkdir(parents=True)
        (tmp_path / "images" / label / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    assert tasks_for(Feed(sources=(str(tmp_path / "texts"),))) == ("text-classification",)
    assert tasks_for(Feed(splits={"train": (str(tmp_path / "images"),)})) == ("image-classification",)


def test_a_column_that_is_named_counts_by_its_new_name(tmp_path):
    (tmp_path / "a.csv").write_text("words_here,marks\nAnn sleeps,B-PER O\n")
    columns = {"tokens": "words_here", "tags": "marks"}

    assert tasks_for(Feed(sources=(str(tmp_path / "a.csv"),), columns=columns)) == ("token-classification",)


@pytest.mark.parametrize("source", ["https://example.com/a.conll", "/nowhere/a.conll", "s3://here/a.conll"])
def test_what_is_not_here_says_nothing_and_is_not_fetched(source):
    assert tasks_for(Feed(sources=(source,))) == ()
