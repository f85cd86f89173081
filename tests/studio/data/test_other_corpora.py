"""Corpora as they go about are read as what they are: names tagged word by word, by place or in tables, and intents."""

import json

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.feed import Feed
from autogpt.studio.data.guess import tasks_for

NER, INTENT = "token-classification", "text-classification"
JOHN = [[("John", "B-PER"), ("Smith", "I-PER"), ("slept", "O")], [("EU", "B-ORG"), ("ended", "O")]]


def write(folder, files: dict[str, str]):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def rows(corpus, split: str = "train") -> list:
    if "tokens" in corpus.splits[split].column_names:
        return [list(zip(row["tokens"], row["tags"], strict=True)) for row in corpus.splits[split]]
    return [(row["text"], row["label"]) for row in corpus.splits[split]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # MIT's: the tag first.
        ("a.bio", "B-PER\tJohn\nI-PER\tSmith\nO\tslept\n\nB-ORG\tEU\nO\tended\n"),
        # GermEval's: names within names in a column more.
        (
            "a.tsv",
            "#\thttp://x.org/1 [2009]\n1\tJohn\tB-PER\tB-FIRST\n2\tSmith\tI-PER\tO\n3\tslept\tO\tO\n\n"
            "#\thttp://x.org/2 [2009]\n1\tEU\tB-ORG\tO\n2\tended\tO\tO\n",
        ),
        # Few-NERD's: no prefix.
        ("a.txt", "John\tPER\nSmith\tPER\nslept\tO\n\nEU\tORG\nended\tO\n"),
        ("a.tsv", "token\ttag\nJohn\tB-PER\nSmith\tI-PER\nslept\tO\n\nEU\tB-ORG\nended\tO\n"),
        ("a.csv", "token,tag\nJohn,B-PER\nSmith,I-PER\nslept,O\n\nEU,B-ORG\nended,O\n"),
        ("a.csv", "sentence_id,token,tag\n1,John,B-PER\n1,Smith,I-PER\n1,slept,O\n2,EU,B-ORG\n2,ended,O\n"),
        ("a.tsv", "sent_id\tword\tner\n1\tJohn\tB-PER\n1\tSmith\tI-PER\n1\tslept\tO\n2\tEU\tB-ORG\n2\tended\tO\n"),
        # Kaggle's: the number before the first word alone.
        (
            "a.csv",
            "Sentence #,Word,POS,Tag\nSentence: 1,John,NNP,B-PER\n,Smith,NNP,I-PER\n,slept,VBD,O\n"
            "Sentence: 2,EU,NNP,B-ORG\n,ended,VBD,O\n",
        ),
        ("a.csv", 'sentence,word_labels\nJohn Smith slept,"B-PER,I-PER,O"\nEU ended,"B-ORG,O"\n'),
        ("a.csv", "text,labels\nJohn Smith slept,B-PER I-PER O\nEU ended,B-ORG O\n"),
        # As pandas writes what numpy holds.
        (
            "a.csv",
            "tokens,ner_tags\n\"['John' 'Smith'\n 'slept']\",\"['B-PER' 'I-PER' 'O']\"\n"
            "\"['EU' 'ended']\",\"['B-ORG' 'O']\"\n",
        ),
        (
            "a.jsonl",
            '{"data": "John Smith slept", "label": [[0, 10, "PER"]]}\n{"data": "EU ended", "label": [[0, 2, "ORG"]]}\n',
        ),
        (
            "a.jsonl",
            '{"sentence": "John Smith slept", "entities": [{"name": "John Smith", "pos": [0, 10], "type": "PER"}]}\n'
            '{"sentence": "EU ended", "entities": [{"name": "EU", "pos": [0, 2], "type": "ORG"}]}\n',
        ),
        # CLUENER's: by label and name, to the last character.
        (
            "a.json",
            '{"text": "John Smith slept", "label": {"PER": {"John Smith": [[0, 9]]}}}\n'
            '{"text": "EU ended", "label": {"ORG": {"EU": [[0, 1]]}}}\n',
        ),
        (
            "a.jsonl",
            '{"text": "John Smith slept", "tags": ["B-PER", "I-PER", "O"]}\n'
            '{"text": "EU ended", "tags": ["B-ORG", "O"]}\n',
        ),
    ],
)
def test_the_same_sentences_come_of_any_corpus_of_names(tmp_path, name, content):
    corpus = load(write(tmp_path, {name: content}) / name, NER)
    assert (rows(corpus), corpus.rejected) == (JOHN, ())
    assert corpus.labels == ("O", "B-ORG", "I-ORG", "B-PER", "I-PER")


def test_no_file_of_conll_2003_is_left_out(tmp_path):
    text = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nended VBD B-VP O\n"
    corpus = load(write(tmp_path, dict.fromkeys(("eng.train", "eng.testa", "eng.testb"), text)), NER)
    assert [rows(corpus, split) for split in ("train", "validation", "test")] == [JOHN[1:]] * 3


def test_engtrain_and_engtest_are_splits_where_both_are_there(tmp_path):
    text = "O\tended\nB-ORG\tEU\n"
    corpus = load(write(tmp_path, {"engtrain.bio": text, "engtest.bio": text}), NER)
    assert {split: len(held) for split, held in corpus.splits.items()} == {"train": 1, "test": 1}
    alone = load(write(tmp_path / "b", {"latest.bio": text, "other.bio": text}), NER)
    assert {split: len(held) for split, held in alone.splits.items()} == {"train": 2}


def test_words_without_an_end_of_the_sentence_are_refused(tmp_path):
    path = write(tmp_path, {"a.csv": "token,tag\n" + "EU,B-ORG\nended,O\n" * 10}) / "a.csv"
    with pytest.raises(UsageError, match="has a word in each row, and nothing says where a sentence ends"):
        load(path, NER)


def test_a_bad_row_costs_its_sentence_in_a_table_of_words(tmp_path):
    text = "sentence,word,tag\n1,a,O\n1,b\n1,c,O\n2,d,O\n"
    corpus = load(write(tmp_path, {"a.csv": text}) / "a.csv", NER)
    assert (rows(corpus), [row.line for row in corpus.rejected]) == ([[("d", "O")]], [3])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("label.json", '{"O": 0, "B-PER": 1, "I-PER": 2, "B-ORG": 3}'),
        ("id2label.json", '{"0": "O", "1": "B-PER", "2": "I-PER", "3": "B-ORG"}'),
        ("ner_labels.json", '["O", "B-PER", "I-PER", "B-ORG"]'),
        ("labels.txt", "O\nB-PER\nI-PER\nB-ORG\n"),
    ],
)
def test_integers_have_the_names_that_a_file_beside_them_lists(tmp_path, name, content):
    text = '{"tokens": ["John", "Smith", "slept"], "tags": [1, 2, 0]}\n{"tokens": ["EU", "ended"], "tags": [3, 0]}\n'
    corpus = load(write(tmp_path, {"train.json": text, name: content, "intent_labels.txt": "a\nb\n"}), NER)
    assert (rows(corpus), corpus.rejected) == (JOHN, ())


def test_a_list_of_labels_stands_beside_the_folders_of_splits_and_not_beside_single_files(tmp_path):
    write(tmp_path, {"train/a.jsonl": '{"text": "hi", "label": 1}\n', "labels.txt": "bad\ngood\n"})
    assert rows(load(tmp_path, INTENT)) == [("hi", "good")]
    assert rows(load(tmp_path / "train" / "a.jsonl", INTENT)) == [("hi", "1")]
    (tmp_path / "train" / "labels.txt").write_text("no\nyes\n")
    assert rows(load(tmp_path / "train" / "a.jsonl", INTENT)) == [("hi", "1")]
    assert rows(load(tmp_path, INTENT)) == [("hi", "yes")]


def test_a_list_of_labels_is_no_data(tmp_path):
    conll = "".join(f"{word}\t{tag}\n" for word, tag in JOHN[1])
    corpus = load(write(tmp_path, {"train.txt": conll, "labels.txt": "O\nB-ORG\n"}), NER)
    assert rows(corpus) == JOHN[1:]
    corpus = load(write(tmp_path / "b", {"train.txt": "hi\t1\nyo\t0\n", "class.txt": "bad\ngood\n"}), INTENT)
    assert rows(corpus) == [("hi", "good"), ("yo", "bad")]
    stars = load(write(tmp_path / "c", {"train.csv": "text,label\nhi,5\nyo,1\n", "labels.txt": "1\n5\n"}), INTENT)
    assert rows(stars) == [("hi", "5"), ("yo", "1")]


def test_bare_names_of_integers_become_bio(tmp_path):
    text = '{"tokens": ["John", "Smith", "slept"], "tags": [1, 1, 0]}\n'
    corpus = load(write(tmp_path, {"a.jsonl": text}) / "a.jsonl", NER, labels=["O", "PER"])
    assert rows(corpus) == JOHN[:1]


def test_snips_and_atis_lie_in_parallel_files(tmp_path):
    for split in ("train", "test"):
        write(tmp_path / split, {"seq.in": "John Smith slept \nEU ended\n", "label": "Rest\nEnd\n"})
        write(tmp_path / split, {"seq.out": "B-PER I-PER O \nB-ORG O\n"})
    write(tmp_path, {"intent_label.txt": "Rest\nEnd\n"})
    assert rows(load(tmp_path, NER), "test") == JOHN
    assert rows(load(tmp_path, INTENT)) == [("John Smith slept", "Rest"), ("EU ended", "End")]
    assert tasks_for(Feed(sources=(str(tmp_path),))) == (INTENT, NER)
    write(tmp_path / "train", {"label": "Rest\n"})
    told = [(row.line, row.reason) for row in load(tmp_path, INTENT).rejected]
    assert told == [(2, "seq.in and label have not as many lines")]
    (tmp_path / "test" / "label").unlink()
    with pytest.raises(UsageError, match="there should be 'label', with a line for each of its lines"):
        load(tmp_path, INTENT)


INTENTS = {"train": [("book it", "book"), ("book me", "book"), ("play on", "play")], "test": [("play it", "play")]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data_full.json", json.dumps({split: [list(row) for row in held] for split, held in INTENTS.items()})),
        (
            "all.json",
            json.dumps({split: [{"utt": a, "intent": b} for a, b in held] for split, held in INTENTS.items()}),
        ),
        *(
            (
                f"{column}.csv",
                f"utt,intent,{column}\n"
                + "".join(f"{text},{label},{split}\n" for split, held in INTENTS.items() for text, label in held),
            )
            for column in ("Split", "partition", "set")
        ),
        (
            "massive.jsonl",
            "".join(
                json.dumps({"id": "1", "partition": split, "scenario": "s", "intent": label, "utt": text}) + "\n"
                for split, held in INTENTS.items()
                for text, label in held
            ),
        ),
    ],
)
def test_no_test_row_is_trained_on_where_the_file_says_which_those_are(tmp_path, name, content):
    corpus = load(write(tmp_path, {name: content}) / name, INTENT)
    assert {split: rows(corpus, split) for split in corpus.splits} == INTENTS


def test_rows_may_be_lists(tmp_path):
    text = "".join(json.dumps(row) + "\n" for row in INTENTS["train"])
    assert rows(load(write(tmp_path, {"a.jsonl": text}) / "a.jsonl", INTENT)) == INTENTS["train"]


@pytest.mark.parametrize(
    ("name", "start", "told"),
    [
        ("a.xlsx", b"PK\x03\x04\0\0", "is a spreadsheet; save it as CSV and name that"),
        ("a.zip", b"PK\x03\x04\0\0", "is an archive; unpack it and name the folder"),
        ("a.txt", b"just a line\nand one more\n", "has texts alone, one a line, and no labels set apart from them"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do(tmp_path, name, start, told):
    (tmp_path / name).write_bytes(start)
    with pytest.raises(UsageError, match=told):
        load(tmp_path / name, INTENT)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "John slept in Paris.\n我在北京\n"),
        ("a.jsonl", '{"text": "John slept in Paris."}\n{"text": "我在北京"}\n'),
        ("a.csv", "sentence\nJohn slept in Paris.\n我在北京\n"),
        ("a.conll", "John O\nslept O\nin O\nParis O\n. O\n\n我 O\n在 O\n北 O\n京 O\n"),
    ],
)
def test_texts_to_find_names_in_may_come_in_any_form(tmp_path, name, content):
    rows = load(write(tmp_path, {name: content}) / name, NER, targets=False).splits["train"]
    assert rows["tokens"][:] == [["John", "slept", "in", "Paris", "."], list("我在北京")]


def test_chinese_texts_with_a_label_are_no_words_with_tags(tmp_path):
    rows = [{"sentence": text, "label": "108"} for text in ("上课时响个不停", "商赢环球")]
    path = write(tmp_path, {"train.json": json.dumps(rows)}) / "train.json"
    assert NER not in tasks_for(Feed(sources=(str(path),)))
    with pytest.raises(UsageError, match="there is no column for 'tokens', only 'sentence', 'label'"):
        load(path, NER)
