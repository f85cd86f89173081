"""What a person sees of a diagnosis: nothing is cut off, counts add up, words stand as they are written."""

import re

from datasets import Dataset

from autogpt.studio.diagnose.curves import curves
from autogpt.studio.diagnose.entities import Spans, entities_of, types, worst
from autogpt.studio.diagnose.leaks import leaks
from autogpt.studio.diagnose.measures import meaning
from autogpt.studio.diagnose.named import attributions
from autogpt.studio.diagnose.page import render
from autogpt.studio.diagnose.section import Words
from autogpt.studio.model import load


def spans(*sentences: tuple[str, str, str]) -> Spans:
    """Of sentences their words, right tags and found ones."""
    words, right, said = zip(*([part.split() for part in sentence] for sentence in sentences), strict=True)
    return Spans(words, [entities_of(tags) for tags in right], [entities_of(tags) for tags in said], right, said)


def test_what_became_of_all_entities_adds_up_in_the_sentence():
    seen = spans(
        ("a b c d", "B-PER I-PER O O", "B-LOC O O O"),  # both wrong
        ("a b c d", "B-PER I-PER O B-LOC", "B-PER O O B-PER"),  # ends, type
        ("a b c d", "B-PER O O B-LOC", "B-PER O B-LOC O"),  # right, missed; one invented
    )

    [sentence] = types(seen).said

    assert [int(number) for number in re.findall(r"\d+", sentence)] == [5, 1, 1, 1, 1, 1, 1]


def test_chinese_sentences_are_shown_without_spaces_and_others_colour_no_space_beside_a_name():
    chinese, english = worst(
        spans(
            ("我 在 北 京 住", "O O B-LOC I-LOC O", "O O O O O"),
            ("in New York , now", "O B-LOC I-LOC O O", "O O O O O"),
        )
    ).parts

    assert "".join(text for text, _ in chinese.pieces) == "我在北京住"
    assert chinese.pieces[2:4] == [("北", -0.6), ("京", -0.6)]
    assert "".join(text for text, _ in english.pieces) == "in New York , now"
    assert ("New ", -0.6) in english.pieces
    assert ("York", -0.6) in english.pieces


def test_words_of_no_sentence_are_nothing():
    assert Words.written([], []).pieces == []


def test_of_a_tagger_that_finds_nothing_missed_names_from_all_rows_are_explained(names):
    rows = [("anna was in paris", "B-PER O O B-LOC", "O O O O")] * 10

    facts = attributions(load(names), spans(*rows), 6).facts

    assert len(facts) == 6
    assert len({one["row"] for one in facts}) == 6
    assert max(one["row"] for one in facts) > 6


def test_nearly_the_same_sentences_of_two_splits_are_shown_as_they_are_written():
    rows = [{"tokens": "该 市镇 总 面积 九 平方公里 ， 人口 为 八十 人 。".split(), "tags": ["O"] * 11}]
    train = [{"tokens": "该 市镇 总 面积 三 平方公里 ， 人口 为 八十 人 。".split(), "tags": ["O"] * 11}]

    near = leaks(Dataset.from_list(rows), Dataset.from_list(train)).parts[0]

    assert near.rows[0][:2] == ["该市镇总面积九平方公里，人口为八十人。", "该市镇总面积三平方公里，人口为八十人。"]


def test_the_accuracy_of_a_tagger_is_not_praised():
    assert "even if none is found" in meaning("accuracy", "token-classification")
    assert meaning("accuracy", "text-classification") == "Share of answers that are right."


def test_curves_stand_two_in_a_line_the_loss_first(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "runs")) as writer:
        for step, value in enumerate((2.0, 1.0, 0.5)):
            writer.add_scalar("train/grad_norm", value, step)
            writer.add_scalar("train/loss", value, step)

    section = curves(tmp_path)

    shown = render("", (), [section])
    assert shown.index(">train/loss<") < shown.index(">train/grad_norm<")
    assert '<div class="gallery wide">' in shown
