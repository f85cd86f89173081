"""Joins the studio's checkpoints with the agent: as models it talks to, and as tools it asks.

A checkpoint lies under AUTOGPT_HOME in `checkpoints/NAME`, a Hugging Face folder. What the agent runs is exported
there on first use: `served/model.gguf` of a language model, `served/onnx` of a classifier, tagger or embedder.
"""

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.core.errors import UsageError
from autogpt.core.schema import Value
from autogpt.models.locks import waiting_lock
from autogpt.models.open import Choice, Notify, Served
from autogpt.models.shelf import Progress
from autogpt.studio.checkpoint import CARD, Checkpoint, read_checkpoint
from autogpt.studio.extra import require

if TYPE_CHECKING:
    from autogpt.studio.export.onnxmodel import OnnxModel
    from autogpt.studio.torchmodel import TorchModel

TALKING = ("causal-lm", "sft", "preference", "policy-gradient")
"""Tasks whose models write text, and can be talked to as `checkpoint:NAME`."""
ANSWERING = (
    *("text-classification", "multi-label", "text-pair", "token-classification"),
    *("embedding", "recommendation", "image-classification"),
)
"""Tasks whose models answer from a graph: with labels, spans or vectors. Others answer with torch."""
_MADE_OF = ("*.safetensors", "*.onnx", "weights.pt", "*config.json", "tokenizer.json", "chat_template.jinja", CARD)
QUANT = "q8_0"
"""Half the size of F16 and somewhat faster (SmolLM2 on one thread: 59 against 50 tokens a second, two samples each)."""


def folder_of(home: Path, name: str) -> Path:
    """The folder of a checkpoint. Raises UsageError, naming those there are, if there is none of this name."""
    folder = home / "checkpoints" / name
    if (folder / CARD).is_file():
        return folder
    names = ", ".join(sorted(path.name for path, _ in checkpoints(home)))
    if not names:
        raise UsageError(f"there is no checkpoint {name!r}, and none yet at all; `autogpt studio train` makes one")
    raise UsageError(f"there is no checkpoint {name!r} in {str(home / 'checkpoints')!r}; there are: {names}")


def checkpoints(home: Path) -> tuple[tuple[Path, Checkpoint], ...]:
    """Every checkpoint that can be read, by name."""
    found: list[tuple[Path, Checkpoint]] = []
    for card in sorted((home / "checkpoints").glob(f"*/{CARD}")):
        try:
            found.append((card.parent, read_checkpoint(card.parent)))
        except UsageError:
            continue  # `damaged` tells of it
    return tuple(found)


def damaged(home: Path) -> tuple[tuple[Path, str], ...]:
    """The checkpoints whose card cannot be read, each with what is wrong and how to mend it."""
    found: list[tuple[Path, str]] = []
    for card in sorted((home / "checkpoints").glob(f"*/{CARD}")):
        try:
            read_checkpoint(card.parent)
        except UsageError as error:
            found.append((card.parent, str(error)))
    return tuple(found)


def choices(home: Path) -> tuple[Choice, ...]:
    """The language models among the checkpoints, for `autogpt models`."""
    engine = "" if _installed("xllamacpp") else "pip install 'autogpt[local]'"
    broken = (
        Choice(address=f"checkpoint:{folder.name}", title="a checkpoint that cannot be read", ready=False, needs=why)
        for folder, why in damaged(home)
    )
    whole = (
        Choice(
            address=f"checkpoint:{folder.name}",
            title=f"{checkpoint.task}, made from {checkpoint.base}",
            ready=not engine and _fresh(folder, "model.gguf"),
            needs=engine or ("" if _fresh(folder, "model.gguf") else "is exported to GGUF on first use"),
        )
        for folder, checkpoint in checkpoints(home)
        if checkpoint.task in TALKING and not checkpoint.shape.get("form")
    )
    return (*whole, *broken)


def served_model(home: Path, name: str, on_progress: Notify = lambda progress: None) -> Served:
    """The GGUF file of a checkpoint, exported and compared with it the first time and whenever it was trained anew.

    Raises UsageError if there is no such checkpoint or it is no language model, MissingExtra without the studio.
    """
    folder = folder_of(home, name)
    checkpoint = read_checkpoint(folder)
    if checkpoint.task not in TALKING:
        raise UsageError(
            f"the checkpoint {name!r} is for {checkpoint.task}, and writes no text; `autogpt studio predict {name}` "
            "asks it"
        )

    def make(target: Path) -> None:
        from autogpt.studio.export.export import export

        on_progress(Progress(what="export", name=name))
        export(folder, "gguf", target, quant=QUANT)

    file = _served(folder, "model.gguf", make, on_progress)
    return Served(file=file, base=checkpoint.base)


def answering_model(home: Path, name: str, on_progress: Notify = lambda progress: None) -> "OnnxModel | TorchModel":
    """A checkpoint ready to answer, without torch; exported to ONNX the first time and whenever it was trained anew.

    One whose weights torch quantised, or whose answers no graph gives, answers with torch.
    Raises UsageError if there is no such checkpoint or it is talked to, MissingExtra without the studio.
    """
    folder = folder_of(home, name)
    checkpoint = read_checkpoint(folder)
    task = checkpoint.task
    kept = checkpoint.shape.get("form")
    if task in TALKING and kept is None:
        raise UsageError(
            f"the checkpoint {name!r} is for {task}, and is talked to: `autogpt run --model checkpoint:{name} GOAL`"
        )
    if task not in ANSWERING or kept not in (None, "onnx"):
        return _torch_model(folder, on_progress)

    def make(target: Path) -> None:
        from autogpt.studio.export.export import export

        on_progress(Progress(what="export", name=name))
        export(folder, "onnx", target)

    made = _served(folder, "onnx", make, on_progress)
    from autogpt.studio.export.onnxmodel import OnnxModel

    return OnnxModel(made)


class Reachable(Value):
    """A checkpoint that other programs on this machine can ask now."""

    url: str
    """Of OpenAI's API, or of POST /predict."""
    model: str
    more: tuple[str, ...] = ()
    """Further paths at the same address."""


@contextmanager
def serve_checkpoint(
    home: Path, name: str, *, key: str, port: int = 0, on_progress: Notify = lambda progress: None
) -> Generator[Reachable]:
    """Serve a checkpoint on 127.0.0.1 until the block ends: language models by the engine over OpenAI's API, others,
    and those the engine cannot run (quantised, of another family, or there is no engine), by torch or ONNX Runtime at
    POST /predict and what of that API fits their task.

    key: what callers send as `Authorization: Bearer KEY`, at least 16 characters. port: 0 for any that is free.
    Raises UsageError and ModelError for what cannot be served, MissingExtra for what is not installed.
    """
    folder = folder_of(home, name)
    task = read_checkpoint(folder).task
    if task in TALKING and _for_the_engine(folder):
        from autogpt.models.serve import serve

        file = served_model(home, name, on_progress).file
        with serve(file, key=key, port=port, name=name) as serving:
            yield Reachable(url=f"{serving.address}/v1", model=name)
        return
    from autogpt.studio.serve import serve_predictions

    model = _torch_model(folder, on_progress) if task in TALKING else answering_model(home, name, on_progress)
    writer = getattr(model, "writer", None)  # OnnxModel has none
    with serve_predictions(model.predict, key=key, name=name, task=task, port=port, writer=writer) as serving:
        first, *more = serving.doors
        yield Reachable(url=f"{serving.address}{first}", model=name, more=tuple(more))


def _torch_model(folder: Path, on_progress: Notify) -> "TorchModel":
    require("torch", "transformers", "datasets")
    from autogpt.studio.torchmodel import TorchModel

    on_progress(Progress(what="load", name=folder.name))
    return TorchModel(folder)


def _for_the_engine(folder: Path) -> bool:
    """Whether the engine is here and can run the language model in a folder."""
    from autogpt.studio.export.family import read_family

    if read_checkpoint(folder).shape.get("form") or not _installed("xllamacpp"):
        return False
    try:
        read_family(json.loads((folder / "config.json").read_text("utf-8")), folder)
    except UsageError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return True  # damaged: the export names the file
    return True


def _served(folder: Path, what: str, make: Callable[[Path], None], on_progress: Notify) -> Path:
    """The file or folder `what` made of the checkpoint as it is now; two processes do not make it at once."""
    target = folder / "served" / what
    if _fresh(folder, what):
        return target
    require("torch", "transformers", "gguf", "onnx")
    target.parent.mkdir(exist_ok=True)
    with waiting_lock(target.parent / "making.lock", lambda: on_progress(Progress(what="wait", name=folder.name))):
        if not _fresh(folder, what):
            _stamp(target).unlink(missing_ok=True)
            if target.is_dir():
                shutil.rmtree(target)
            target.unlink(missing_ok=True)
            make(target)
            _stamp(target).write_text(json.dumps(_print_of(folder)), "utf-8")
    return target


def _fresh(folder: Path, what: str) -> bool:
    target = folder / "served" / what
    try:
        return target.exists() and json.loads(_stamp(target).read_text("utf-8")) == _print_of(folder)
    except (OSError, ValueError):
        return False


def _stamp(target: Path) -> Path:
    return target.with_name(f"{target.name}.of")


def _print_of(folder: Path) -> str:
    """Changes with the checkpoint: names, sizes and times of what its answers depend on."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _MADE_OF for path in folder.glob(pattern)}):
        stat = path.stat()
        digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
