"""The rings of docs/design.md: which part may import which, and where third-party libraries stop."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "autogpt"
PARTS = ("agent", "exam", "memory", "models", "policy", "sandbox", "store", "studio", "tools")
JOINS = ("api", "app", "brief", "checkpoint_tools", "checkpoints", "doctor", "examine", "parts", "studio_app", "tidy")
"""Modules beside app.py that build and join parts. Everything may be known here, but no door. studio_app.py is to the
studio what app.py is to runs: its doors go through it."""

DOORS = ("cli", "server")

ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "settings": {"core"},
    "locale": {"core"},
    **{part: {"core"} for part in PARTS},
    # Its pages are read by a person, and written where no door is near: in the process of a job.
    "studio": {"core", "locale"},
    "runs": {"core", "agent"},
    "learning": {"core", "agent", "studio", "exam"},
    "cli": {"app", "studio_app", "core", "settings", "locale"},
    "server": {"app", "studio_app", "core", "settings", "locale"},
    **{name: {"core", "settings", "locale", "runs", "learning", *PARTS, *JOINS} for name in JOINS},
    # The public names, looked up when they are first used.
    "__init__": {"core", "api", "studio"},
    # `python -m autogpt`
    "__main__": {"cli"},
}

WALLS = {
    "dbos": {"runs"},
    "typer": {"cli"},
    "click": {"cli"},
    "rich": {"cli"},
    "fastapi": {"server"},
    "nicegui": {"server"},
    "pydantic_ai": {"models"},
    "openai": {"models"},
    "anthropic": {"models"},
    # The studio asks it about LoRA adapters, which cyllama does not apply.
    "xllamacpp": {"models", "studio"},
    "sqlalchemy": {"store"},
    "psycopg": {"store"},
    # models/folder.py runs a Hugging Face folder with them.
    "torch": {"studio", "models"},
    "transformers": {"studio", "models"},
    **{name: {"studio"} for name in ("accelerate", "captum", "cyllama", "datasets", "gguf", "onnx", "onnxruntime")},
    **{name: {"studio"} for name in ("optuna", "peft", "seqeval", "sklearn", "tensorboard", "torchao", "trl")},
}


def part_of(module: str) -> str:
    """'agent' of autogpt.agent.loop; '__init__' of autogpt itself."""
    return [*module.split("."), "__init__"][1]


def for_types(tree: ast.AST) -> set[ast.AST]:
    """The imports under `if TYPE_CHECKING:`. They name a type and bring nothing of its part along."""
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return {node for block in blocks for statement in block.body for node in ast.walk(statement)}


def imports(path: Path, *, types: bool = True) -> Iterator[tuple[int, str]]:
    """Every module a file imports, late ones too, with the line; with `types` also those that only name a type."""
    package = ".".join(("autogpt", *path.relative_to(SOURCE).parent.parts))
    tree = ast.parse(path.read_text("utf-8"))
    skipped = set() if types else for_types(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            if module == "autogpt":
                yield from ((node.lineno, f"autogpt.{name.name}") for name in node.names)
            else:
                yield node.lineno, module


def trespasses(files: list[Path]) -> list[str]:
    found: list[str] = []
    for path in files:
        inside = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        where = path.relative_to(SOURCE.parent)
        # A door names the types of what the app hands it; parts do not even do that.
        for line, module in imports(path, types=inside not in DOORS):
            top = module.split(".")[0]
            if top == "autogpt" and module != "autogpt" and part_of(module) not in ALLOWED[inside] | {inside}:
                found.append(f"{where}:{line}: {inside} must not import {module}")
            if top in WALLS and inside not in WALLS[top]:
                found.append(f"{where}:{line}: {top} belongs into {' and '.join(sorted(WALLS[top]))}")
    return found


def test_every_part_has_its_place_in_the_rings():
    names = {path.name.removesuffix(".py") for path in SOURCE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names - set(ALLOWED) - {"py.typed", "__pycache__"} == set()


@pytest.mark.parametrize("part", sorted(path.name for path in SOURCE.iterdir() if path.name != "__pycache__"))
def test_a_part_imports_only_what_its_ring_allows(part):
    place = SOURCE / part
    assert trespasses(sorted(place.rglob("*.py")) if place.is_dir() else [place] * (place.suffix == ".py")) == []


INNER = {
    "agent.programs": {"agent.programs", "agent.legible", "core"},
    "agent.reading": {"agent.reading", "agent.programs", "agent.legible", "core"},
}
"""The rooms of the agent: what is known of programs, what goals say of them, and the loop, which may use both."""


@pytest.mark.parametrize("room", INNER)
def test_a_room_of_the_agent_does_not_lean_on_the_loop(room):
    for path in (SOURCE / room.replace(".", "/")).rglob("*.py"):
        ours = {module.removeprefix("autogpt.") for _, module in imports(path) if module.startswith("autogpt.")}
        assert [module for module in ours if not module.startswith(tuple(INNER[room]))] == [], path


def test_what_runs_inside_the_sandbox_imports_nothing_but_the_standard_library():
    search = SOURCE / "agent" / "programs" / "inside"
    for path in (*(SOURCE / "exam" / "inside").glob("*.py"), *search.glob("*.py"), SOURCE / "tools" / "launch.py"):
        # The files of the search are sent as one, without the lines by which they import each other.
        near = "autogpt.agent.programs.inside." if path.parent == search else "-"
        tops = {module.split(".")[0] for _, module in imports(path) if not module.startswith(near)}
        # pytest, if the workspace's own Python has it: the tests of a task are run with it.
        assert tops <= sys.stdlib_module_names | {"pytest"}, path


HEAVY = (*WALLS, "pydantic", "httpx", "httpx2", "yaml", "asyncio", "anyio")


@pytest.mark.parametrize(
    ("program", "may"),
    [
        ("import autogpt", ()),
        ("from autogpt.cli.main import run; run(['--help'])", ("typer", "click", "rich")),
    ],
)
def test_what_answers_at_once_loads_no_heavy_library(program, may):
    """`import autogpt` and `autogpt --help` stay quick because of what they do not import."""
    show = f"{program}\nimport sys\nprint('LOADED', *sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()[-1].split()[1:]) <= set(may)
