"""CoNLL files in all their makes: separators, numbered tokens, schemes, odd tokens, odd breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.conll import bio_labels, to_bio

TASK = "token-classification"


def read(tmp_path, content: str, name: str = "train.conll"):
    path = tmp_path / name
    path.write_bytes(content.encode())
    return load(path, TASK)


def sentences(corpus) -> list:
    return [list(zip(row["tokens"], row["tags"], strict=True)) for row in corpus.splits["train"]]


JOHN = [[("John", "B-PER"), ("Smith", "I-PER"), ("slept", "O")], [("EU", "B-ORG"), ("ended", "O")]]


@pytest.mark.parametrize(
    "content",
    [
        "John\tB-PER\nSmith\tI-PER\nslept\tO\n\nEU\tB-ORG\nended\tO\n",
        "John B-PER\nSmith I-PER\nslept O\n\n\nEU B-ORG\nended O",
        "John\tB-PER\r\nSmith\tI-PER\r\nslept\tO\r\n\t\r\nEU\tB-ORG\r\nended\tO\r\n",
        "John\tB-PER\nSmith\tI-PER\nslept\tO\n   \nEU\tB-ORG\nended\tO\n\t\t\n",
        "-DOCSTART- -X- O O\n\nJohn NNP B-NP I-PER\nSmith NNP I-NP I-PER\nslept VB B-VP O\n\nEU NNP B-NP I-ORG\n"
        "ended VB B-VP O\n",
        "# newdoc id = 1\n# text = John Smith slept\n1\tJohn\tB-PER\t-\t-\n2\tSmith\tI-PER\t-\t-\n3\tslept\tO\t-\t-\n\n"
        "# sent_id = 2\n1\tEU\tB-ORG\t-\t-\n1.1\tx\tO\t-\t-\n2\tended\tO\t-\t-\n",
        "John\tB-PER\nSmith\tL-PER\nslept\tO\n\nEU\tU-ORG\nended\tO\n",
        "John\tB-PER\nSmith\tE-PER\nslept\tO\n\nEU\tS-ORG\nended\tO\n",
    ],
)
def test_the_same_sentences_are_read_from_any_make(tmp_path, content):
    corpus = read(tmp_path, content)
    assert sentences(corpus) == JOHN
    assert corpus.labels == ("O", "B-ORG", "I-ORG", "B-PER", "I-PER")
    assert corpus.rejected == ()


def test_odd_tokens_are_tokens(tmp_path):
    odd = ['"', "#", "# not a comment", "two words", "\u00a0", "\u2028", "'", ",", "\x85"]
    corpus = read(tmp_path, "".join(f"{token}\tO\n" for token in odd) + "#tag\tB-X\n")
    assert sentences(corpus) == [[*((token, "O") for token in odd), ("#tag", "B-X")]]


@pytest.mark.parametrize("gap", ["\t", " "])
def test_a_sentence_may_begin_with_a_hash_where_comments_do_too(tmp_path, gap):
    corpus = read(tmp_path, f"# newdoc id = 1\n#{gap}O\nBo{gap}B-X\n\n# text = # 1\n#{gap}B-X\n")
    assert sentences(corpus) == [[("#", "O"), ("Bo", "B-X")], [("#", "B-X")]]


def test_a_malformed_line_costs_its_sentence(tmp_path):
    corpus = read(tmp_path, "a\tO\nb\tO\n\nc\tO\nbroken\n\nd\tO\ne\tBPER\n\n\tO\nf\tO\n\ng\tO\n" + "h\tO\n" * 60)
    assert [(row.line, row.reason) for row in corpus.rejected] == [
        (5, "2 columns were expected, there are 1: 'broken'"),
        (8, "'BPER' is no tag such as O or B-PER"),
        (10, "the token is empty"),
    ]
    assert len(sentences(corpus)) == 2


def test_tags_of_other_kinds_stay_as_they_are(tmp_path):
    corpus = read(tmp_path, "the\tDET\ncat\tNOUN\n")
    assert (sentences(corpus), corpus.labels) == ([[("the", "DET"), ("cat", "NOUN")]], ("DET", "NOUN"))


def test_the_tags_of_conll_u_are_the_parts_of_speech(tmp_path):
    corpus = read(
        tmp_path,
        "# text = The dog's.\n1\tThe\tthe\tDET\tDT\t_\t2\tdet\t_\t_\n2-3\tdog's\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
        "2\tdog\tdog\tNOUN\tNN\t_\t0\troot\t_\t_\n3\t's\t's\tPART\tPOS\t_\t2\tcase\t_\t_\n"
        "4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_\n",
        "dev.conllu",
    )
    assert [
        [(token, tag) for token, tag in zip(row["tokens"], row["tags"], strict=True)]
        for row in corpus.splits["validation"]
    ] == [[("The", "DET"), ("dog", "NOUN"), ("'s", "PART"), (".", "PUNCT")]]


def test_a_token_with_a_space_is_not_cut_in_two_where_blanks_separate(tmp_path):
    corpus = read(tmp_path, "the DET\ncat NOUN\n\nNew York PROPN\nis AUX\n")
    assert sentences(corpus) == [[("the", "DET"), ("cat", "NOUN")]]
    assert [(row.line, row.reason) for row in corpus.rejected] == [
        (4, "2 columns were expected, there are 3: 'New York PROPN'")
    ]


def test_what_is_no_conll_file_is_said(tmp_path):
    with pytest.raises(UsageError, match="is not a CoNLL file"):
        read(tmp_path, "just\nsome\nlines\n")
    with pytest.raises(UsageError, match="holds no tokens"):
        read(tmp_path, "-DOCSTART- -X- O O\n")


@pytest.mark.parametrize("ending", ["conll", "iob2"])
def test_a_file_of_tagged_words_is_no_table_of_texts(tmp_path, ending):
    (tmp_path / f"dev.{ending}").write_text("1\tBob\tB-PER\t-\n2\tsings\tO\t-\n\n")
    with pytest.raises(UsageError, match="no rows for text-classification; give --task token-classification"):
        load(tmp_path, "text-classification")
    assert len(load(tmp_path, "token-classification").splits["validation"]) == 1


@pytest.mark.parametrize(
    ("given", "bio"),
    [
        ("I-A I-A B-A O I-A", "B-A I-A B-A O B-A"),  # IOB1
        ("B-A I-A I-B O", "B-A I-A B-B O"),
        ("U-A B-A L-A I-A", "B-A B-A I-A B-A"),
        ("S-A S-A B-A M-A E-A", "B-A B-A B-A I-A I-A"),
        ("", ""),
    ],
)
def test_every_scheme_comes_out_as_bio(given, bio):
    assert to_bio(given.split()) == bio.split()


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"])))
def test_conversion_says_the_same_when_done_twice(tags):
    once = to_bio(tags)
    assert to_bio(once) == once
    assert all(tag[0] != "I" or (at and once[at - 1][2:] == tag[2:]) for at, tag in enumerate(once))


def test_labels_have_one_order_and_both_forms():
    assert bio_labels(["I-b", "O", "B-a"]) == ("O", "B-a", "I-a", "B-b", "I-b")


@pytest.mark.parametrize(
    "row",
    [
        '{"tokens": ["Hi", "Bo"], "ner_tags": ["O", "I-PER"]}',
        '{"words": ["Hi", "Bo"], "labels": ["O", "U-PER"]}',
        '{"text": "Hi Bo", "entities": [[3, 5, "PER"]]}',
        '{"text": "Hi Bo", "label": [{"start": 3, "end": 5, "label": "PER"}]}',
    ],
)
def test_json_rows_of_tokens_or_of_spans(tmp_path, row):
    (tmp_path / "a.jsonl").write_text(row)
    corpus = load(tmp_path / "a.jsonl", TASK)
    assert sentences(corpus) == [[("Hi", "O"), ("Bo", "B-PER")]]


def test_integer_tags_need_names(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"tokens": ["Hi", "Bo"], "ner_tags": [0, 1]}')
    with pytest.raises(UsageError, match="nothing says what they stand for; give their names"):
        load(tmp_path / "a.jsonl", TASK)
    assert sentences(load(tmp_path / "a.jsonl", TASK, labels=["O", "B-PER"])) == [[("Hi", "O"), ("Bo", "B-PER")]]
    from datasets import ClassLabel, Dataset, Features, List, Value

    features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=["O", "B-PER"]))})
    Dataset.from_dict({"tokens": [["Hi", "Bo"]], "ner_tags": [[0, 1]]}, features).to_parquet(tmp_path / "a.parquet")
    assert sentences(load(tmp_path / "a.parquet", TASK)) == [[("Hi", "O"), ("Bo", "B-PER")]]


def test_tokens_and_tags_must_be_as_many(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"tokens": ["a"], "tags": ["O", "O"]}\n{"tokens": ["a"], "tags": ["O"]}')
    corpus = load(tmp_path / "a.jsonl", TASK)
    assert [(row.line, row.reason) for row in corpus.rejected] == [(1, "1 tokens have 2 tags")]
