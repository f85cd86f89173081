"""Installs a package for a test: its modules on the path, its entry points in the metadata beside them."""

import os
import tomllib
from pathlib import Path

RATINGS = Path(__file__).resolve().parents[2] / "examples" / "ratings"


def install(site: Path, monkeypatch, project: Path = RATINGS) -> None:
    """As pip would: the modules of a project, and from its pyproject.toml the name and the entry points."""
    told = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    modules = {path.name: path.read_text() for path in project.glob("*.py")}
    lay(site, monkeypatch, told["name"], told["entry-points"], modules)


def lay(site: Path, monkeypatch, name: str, entries: dict[str, dict[str, str]], modules: dict[str, str]) -> None:
    """entries: by group, each name with 'module:object'. Child processes find the package, too."""
    about = site / f"{name}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    text = [
        line for group, held in entries.items() for line in (f"[{group}]", *(f"{a} = {b}" for a, b in held.items()))
    ]
    (about / "entry_points.txt").write_text("\n".join(text) + "\n")
    for module, code in modules.items():
        (site / module).write_text(code)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
