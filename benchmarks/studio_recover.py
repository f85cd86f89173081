"""What rounds of recovery bring to a pruned encoder: rounds whatever the bound says, with the marks after each.

    python benchmarks/studio_recover.py CHECKPOINT ROWS TASK [--rows N] [--rounds N] [--at-once EPOCHS]

ROWS is a folder with train, validation and test rows. A JSON line for each state: the score on rows set aside (the
first validation rows, by which `recover` goes) and on test rows. The first round is what is left without further ones,
for all rounds begin from the same state. --at-once: instead, so many epochs with one rise and fall of the rate.
"""

import argparse
import json
import time
from pathlib import Path

import torch

from autogpt.studio import data
from autogpt.studio.compress.encoder import read_whole
from autogpt.studio.compress.prune import Cut, _copy, _take_out, judge
from autogpt.studio.compress.resize import settle
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.kind import kind_of


def main() -> None:
    asked = _arguments()
    torch.set_num_threads(1)
    began = time.process_time()
    splits = data.load(str(asked.folder), asked.task).splits
    train, aside = (splits[name].select(range(min(most, len(splits[name])))) for name, most in (
        ("train", asked.rows), ("validation", asked.aside)
    ))  # fmt: skip
    before, kind = read_whole(asked.checkpoint), kind_of(asked.task)

    def tell(after: object, **more: object) -> None:
        scores = {name: kind.score(after, rows).best for name, rows in (("aside", aside), ("test", splits["test"]))}
        told = {"rows": len(train), **more, **scores, "cpu_seconds": round(time.process_time() - began)}
        print(json.dumps(told), flush=True)

    tell(before, way="before")
    cut = Cut(judged_on=asked.judged_on).of(before.network, asked.task)
    lessons = Lessons().of(asked.task)
    judged = train.shuffle(seed=lessons.seed).select(range(min(len(train), cut.judged_on)))
    stays = judge(before, judged, cut)
    after = _copy(before, "pruned")
    _take_out(after, stays)
    settle(after.network)
    if asked.at_once:
        losses = teach(
            after, train, lessons.model_copy(update={"epochs": asked.at_once}), teacher=before, matched=stays.layers
        )
        tell(after, way="at once", epochs=asked.at_once, loss=losses[-1])
        return
    for number in range(asked.rounds):  # as in `recover`
        changes = {"learning_rate": lessons.learning_rate / 2**number, "seed": lessons.seed + number}
        losses = teach(after, train, lessons.model_copy(update=changes), teacher=before, matched=stays.layers)
        tell(after, way="rounds", epochs=lessons.epochs * (number + 1), loss=losses[-1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("task")
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--aside", type=int, default=1_000)
    parser.add_argument("--judged-on", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
