"""What a teaching that was stopped at any point goes on from, and what it does not."""

import json
import zipfile
from pathlib import Path

import learned
import pytest
import torch

from autogpt.core.errors import UsageError
from autogpt.studio.compress.bookmark import TEACHING, Bookmark
from autogpt.studio.compress.distill import Student, distill
from autogpt.studio.compress.prune import Cut, prune, prune_weights
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.model import load
from autogpt.studio.report import Advance
from autogpt.studio.whole import deliver, put
from autogpt.studio.work import Here

TWICE = Lessons(epochs=2, learning_rate=1e-3)


class Stopped(Exception):
    pass


def stop_at(step: int):
    def say(advance: Advance) -> None:
        if (advance.stage, advance.done) == ("train", step):
            raise Stopped

    return say


@pytest.mark.parametrize("step", [1, 5, 7, 8, 13])  # of two epochs of 7 steps
def test_a_teaching_stopped_after_any_step_ends_with_the_same_losses_and_weights(dropping, tmp_path, step):
    rows = learned.review_rows(100, 2)

    def learn(bookmark: Bookmark | None, say=lambda _: None) -> tuple[list[float], dict[str, torch.Tensor]]:
        student = load(dropping)
        losses = teach(student, rows, TWICE, teacher=load(dropping), bookmark=bookmark, on_advance=say)
        return losses, student.network.state_dict()

    losses, weights = learn(None)
    with pytest.raises(Stopped):
        learn(Bookmark(tmp_path / "state", "this", every=0.0), stop_at(step))
    torch.manual_seed(99)  # what happened in between does not matter

    again, weights_again = learn(Bookmark(tmp_path / "state", "this", every=0.0))

    assert again == losses
    assert all(torch.equal(weights_again[name], value) for name, value in weights.items())
    assert learn(Bookmark(tmp_path / "state", "this"), stop_at(1))[0] == losses  # it is over: there is no step 1


def test_it_is_written_down_as_often_as_is_cheap_and_at_the_end_of_each_epoch(reviews, tmp_path):
    rows, state = learned.review_rows(100, 2), tmp_path / "state"
    seen: list[tuple[int, int]] = []

    def look(advance: Advance) -> None:
        if (state / TEACHING).exists():
            seen.append((advance.done, torch.load(state / TEACHING)["place"]["epoch"]))

    teach(load(reviews), rows, TWICE, bookmark=Bookmark(state, "this"), on_advance=look)

    assert seen == [(step, 1) for step in range(8, 15)]
    assert torch.load(state / TEACHING)["place"]["epoch"] == 2
    assert not [name for name in torch.load(state / TEACHING)["weights"] if "word_embeddings" in name]


def _turn_a_bit_of_a_weight(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        tensor = archive.read(max(archive.infolist(), key=lambda member: member.file_size))
    content = bytearray(path.read_bytes())
    content[content.index(tensor) + len(tensor) // 2] ^= 1
    path.write_bytes(content)


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = slice(len(content) // 2, len(content) // 2 + 200)  # longer than the gaps between the tensors
    content[middle] = bytes(byte ^ 1 for byte in content[middle])
    path.write_bytes(content)


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _strange(path: Path) -> None:
    torch.save([1, 2], path)


def _runs_something(path: Path) -> None:
    torch.save({"of": print}, path)


@pytest.mark.parametrize("spoil", [_turn_a_bit_of_a_weight, _damage, _cut_off, _strange, _runs_something])
def test_a_damaged_teaching_is_refused_and_nothing_in_it_is_run(reviews, tmp_path, spoil):
    rows, state = learned.review_rows(40, 2), tmp_path / "state"
    teach(load(reviews), rows, Lessons(epochs=1), bookmark=Bookmark(state, "this"))
    spoil(state / TEACHING)

    with pytest.raises(UsageError, match=r"teaching.pt', which the work was to go on from, is damaged; remove it"):
        teach(load(reviews), rows, Lessons(epochs=1), bookmark=Bookmark(state, "this"))


SHRINK = {
    "prune": lambda folder, target, rows, work, say, size: prune(
        folder, target, train=rows, rows=rows, cut=Cut(neurons=size, layers=2), lessons=TWICE, seconds=0.1, work=work,
        on_advance=say,
    ),
    "weights": lambda folder, target, rows, work, say, size: prune_weights(
        folder, target, train=rows, rows=rows, share=size, lessons=TWICE, seconds=0.1, work=work, on_advance=say
    ),
    "distill": lambda folder, target, rows, work, say, size: distill(
        folder, target, train=rows, rows=rows, student=Student(neurons=round(64 * size)), lessons=TWICE, seconds=0.1,
        work=work, on_advance=say,
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SHRINK)
def test_it_goes_on_with_the_rows_and_sizes_it_began_with_or_not_at_all(reviews, tmp_path, how):
    rows, state = learned.review_rows(100, 2), tmp_path / "state"
    whole = SHRINK[how](reviews, tmp_path / "whole", rows, None, lambda _: None, 0.5)
    with pytest.raises(Stopped):
        SHRINK[how](reviews, tmp_path / "small", rows, state, stop_at(10), 0.5)
    for others, size in ((learned.review_rows(100, 3), 0.5), (rows, 0.25)):
        with pytest.raises(UsageError, match="was kept while other rows, another model or other settings were at work"):
            SHRINK[how](reviews, tmp_path / "small", others, state, lambda _: None, size)

    small = SHRINK[how](reviews, tmp_path / "small", rows, state, lambda _: None, 0.5)

    assert small.extra == whole.extra
    assert (tmp_path / "small" / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "model.safetensors"
    ).read_bytes()


def test_what_stays_is_judged_once(reviews, tmp_path):
    rows, state = learned.review_rows(100, 2), tmp_path / "state"
    with pytest.raises(Stopped):
        SHRINK["prune"](reviews, tmp_path / "small", rows, state, stop_at(1), 0.5)
    kept = json.loads((state / "stays.json").read_text())
    kept["value"]["neurons"][0] = list(range(20))
    (state / "stays.json").write_text(json.dumps(kept))

    small = SHRINK["prune"](reviews, tmp_path / "small", rows, state, lambda _: None, 0.5)

    assert small.extra["layers"][0]["neurons"] == 20
    (state / "stays.json").write_text("{")
    with pytest.raises(UsageError, match=r"stays.json', which the work was to go on from, is damaged"):
        SHRINK["prune"](reviews, tmp_path / "again", rows, state, lambda _: None, 0.5)


def test_a_rate_that_ruins_the_network_is_told(reviews):
    lessons = Lessons(epochs=30, learning_rate=1e30)
    with pytest.raises(UsageError, match=r"the loss is no number any more; the learning rate 1e\+30 is too high"):
        teach(load(reviews), learned.review_rows(40, 2), lessons)


def test_what_was_delivered_is_not_made_again(tmp_path):
    here, target = Here(tmp_path / "job", True, lambda _: None), tmp_path / "made"
    made: list[Path] = []

    def make(part: Path) -> str:
        part.mkdir()
        (part / "content").write_text("whole")
        made.append(part)
        return "told"

    assert [deliver(target, here, make) for _ in range(2)] == ["told", "told"]
    assert [path.name for path in made] == ["made"]
    assert (target / "content").read_text() == "whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job", "made"]


def test_what_cannot_be_made_leaves_nothing_behind(tmp_path):
    def make(part: Path) -> str:
        part.mkdir()
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        deliver(tmp_path / "made", Here(tmp_path / "job", False, lambda _: None), make)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told_and_the_one_before_stays(tmp_path):
    put(tmp_path / "file", lambda file: file.write(b"before"))

    def full(file) -> None:
        file.write(b"ha")
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match=r"cannot be written \(No space left on device\); make room there and resume"):
        put(tmp_path / "file", full)
    assert (tmp_path / "file").read_bytes() == b"before"
