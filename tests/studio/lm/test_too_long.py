"""Rows that are longer than a model reads: what is scored is counted, what is cut or left out is told."""

from datetime import UTC, datetime

import pytest
from datasets import Dataset
from talk import base, corpus, encoder, loaded, t5

from autogpt.cli.studio_told import told
from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import evaluate
from autogpt.studio.jobs import Job, Status
from autogpt.studio.kind import kind_of
from autogpt.studio.lm.chat import prompt_ids
from autogpt.studio.lm.policy import prompts
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train

LONG = "The sea is wide and the sky is blue. " * 20


def chats() -> Dataset:
    """One that fits, one whose answer is cut, one whose answer lies beyond."""
    said = (("sea?", "wide"), ("sea?", LONG), (LONG, "wide"))
    return Dataset.from_list(
        [
            {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]}
            for asked, answer in said
        ]
    )


def preferences() -> Dataset:
    rows = (("sea?", "wide", "deep"), ("sea?", "wide", LONG), (LONG, "wide", "deep"), (LONG, "so wide", "deep"))
    return Dataset.from_list([dict(zip(("prompt", "chosen", "rejected"), row, strict=True)) for row in rows])


def lines(result: dict) -> list[str]:
    now = datetime.now(UTC)
    job = Job(id="j", kind="eval", arguments={}, created=now)
    return told(Status(job=job, state="done", attempts=1, began=now, ended=now, result=result))


def test_of_chats_those_are_counted_that_were_scored(tmp_path):
    scores = evaluate(loaded("sft", base(tmp_path / "hf"), max_length=64), chats())

    assert (scores.rows, scores.cut_rows, scores.left_rows) == (2, 1, 1)
    said = lines({"split": "test", "scores": scores.model_dump(mode="json")})
    assert said[0].startswith("test, 2 rows: ")
    assert "1 rows are longer than the model reads: what lies beyond does not count" in said[1]
    assert "1 rows more are not scored: their answers lie beyond what the model reads" in said[2]


@pytest.mark.parametrize("task", ["preference", "reward"])
def test_of_pairs_those_are_counted_that_were_scored(tmp_path, task):
    folder = base(tmp_path / "hf") if task == "preference" else encoder(tmp_path / "hf")

    scores = evaluate(loaded(task, folder, max_length=64), preferences())

    assert (scores.rows, scores.cut_rows, scores.left_rows) == (2, 1, 2)


def test_sources_that_are_cut_are_told(tmp_path):
    rows = Dataset.from_list([{"source": "sky", "target": "blue"}, {"source": LONG, "target": "blue"}])

    scores = evaluate(loaded("seq2seq", t5(tmp_path / "hf"), max_length=32, options={"max_new_tokens": 2}), rows)

    assert (scores.rows, scores.cut_rows, scores.left_rows) == (2, 1, 0)


def test_a_training_tells_what_it_did_not_read(tmp_path):
    plan = Recipe(task="sft", base=str(base(tmp_path / "hf")), max_length=64, max_steps=1, precision="fp32", threads=1)

    report = train(plan, corpus("sft", chats()), tmp_path / "out", cache=tmp_path)

    assert (report.cut_rows, report.left_rows) == (1, 1)
    said = lines({"trained": report.model_dump(mode="json")})
    assert "1 training rows are longer than max_length: what lies beyond was not read (--max-length)" in said[0]
    assert "1 training rows were left out: their answers lie beyond max_length (--max-length)" in said[1]


def test_a_long_prompt_loses_its_end_but_not_the_place_where_the_assistant_begins(tmp_path):
    model = loaded("policy-gradient", base(tmp_path / "hf"), max_length=48, options={"max_new_tokens": 2})
    rows = Dataset.from_list([{"prompt": "sea?", "answer": "wide"}, {"prompt": LONG, "answer": "wide"}])

    short, cut = (prompts(model, rows)[at]["input_ids"] for at in range(2))

    whole = prompt_ids(model.tokenizer, [{"role": "user", "content": LONG}])
    assert short == prompt_ids(model.tokenizer, [{"role": "user", "content": "sea?"}])
    assert 44 <= len(cut) <= 48 < len(whole)
    assert model.tokenizer.decode(cut).partition(LONG[:20])[0] == model.tokenizer.decode(whole).partition(LONG[:20])[0]
    assert cut[-3:] == whole[-3:]
    scores = kind_of("policy-gradient").score(model, rows)
    assert (scores.rows, scores.cut_rows) == (2, 1)


def test_a_length_that_holds_no_more_than_the_template_is_refused(tmp_path):
    model = loaded("policy-gradient", base(tmp_path / "hf"), max_length=8)

    with pytest.raises(UsageError, match=r"the chat template alone takes .* tokens, and max_length is 8"):
        prompts(model, Dataset.from_list([{"prompt": LONG}]))
