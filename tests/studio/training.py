"""Trains a small model in a process of its own, so that a test can kill it."""

import sys
from pathlib import Path

from tiny import names_corpus

from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


def recipe(base: Path) -> Recipe:
    return Recipe(
        task="token-classification",
        base=str(base),
        epochs=3,
        batch=8,
        learning_rate=1e-3,
        head_learning_rate=1e-2,
        freeze_embeddings=False,
        precision="fp32",
        threads=1,
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    base, out = folder / "base", folder / sys.argv[2]
    said = train(
        recipe(base),
        names_corpus(),
        out,
        cache=folder,
        resume="resume" in sys.argv,
        on_advance=lambda advance: print(advance.stage, advance.done, flush=True),
    )
    print("final", said.final)
