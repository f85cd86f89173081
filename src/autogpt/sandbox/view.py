"""What of the host code in the sandbox can see: the system's programs and the Python environment that runs us."""

import sys
import sysconfig
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from autogpt.core.errors import SandboxUnavailable

_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = (
    "alternatives ld.so.cache ld.so.conf ld.so.conf.d localtime timezone ssl/certs ssl/openssl.cnf "
    "pki/tls/certs pki/ca-trust/extracted ca-certificates fonts mime.types magic protocols services inputrc"
).split()


@dataclass
class View:
    """Host paths that stay visible, read-only, at their own names."""

    shown: list[Path] = field(default_factory=list[Path])
    links: dict[Path, str] = field(default_factory=dict[Path, str])
    """Symbolic links to be made, by place."""
    path: tuple[str, ...] = ()
    """Folders of the PATH variable inside."""
    python: str = ""
    """The interpreter inside."""

    def covers(self, path: Path) -> bool:
        return any(path.is_relative_to(shown) for shown in self.shown)

    def show(self, path: Path) -> None:
        """Make what the path leads to visible, and every link on the way."""
        here, parts, hops = Path("/"), deque(path.parts[1:]), 0
        while parts:
            part = parts.popleft()
            if part == "..":
                here = here.parent
                continue
            here /= part
            if here.is_symlink():
                hops += 1
                if hops > 40:
                    raise SandboxUnavailable(f"{str(path)!r} is a loop of links; reinstall the Python environment")
                target = str(here.readlink())
                if not self.covers(here):
                    self.links[here] = target
                parts.extendleft(reversed([part for part in Path(target).parts if part != "/"]))
                here = Path("/") if target.startswith("/") else here.parent
        if here.exists() and not self.covers(here):
            self.shown.append(here)


def host_view(workspace: Path) -> View:
    """Find out what must be visible for the system's programs and this very Python environment to work.

    Raises SandboxUnavailable where that would show the home folder, or let the sandbox write to our own code.
    """
    _guard(workspace)
    view = View(shown=[Path("/usr")])
    for name in _SYSTEM:
        place = Path("/", name)
        if place.is_symlink():
            view.links[place] = str(place.readlink())
        elif place.is_dir():
            view.shown.append(place)
    for name in _SETTINGS:
        place = Path("/etc", name)
        if place.exists():
            view.show(place)
    for prefix in (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix):
        view.show(Path(prefix))
    python = Path(sys.executable)
    view.show(python)
    if sys.prefix == sys.base_prefix:
        # A system interpreter may be called python3.12 only; "python" must work all the same. In a virtual
        # environment both names are there, and a link from elsewhere would lose it (pyvenv.cfg is not found).
        names = Path("/run/python")
        view.links |= {names / "python": str(python), names / "python3": str(python)}
        first = (str(names), str(python.parent))
    else:
        first = (str(Path(sys.prefix) / "bin"),)
    view.path = tuple(dict.fromkeys((*first, "/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin")))
    view.python = str(python)
    return view


def own_code(workspace: Path) -> Path | None:
    """Where the folder and the code that runs us overlap: what works in the one could rewrite the other."""
    import autogpt

    package = [Path(path).resolve() for path in autogpt.__path__]
    for place in (*(Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)), *package):
        if place.is_relative_to(workspace):
            return place
    names = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
    for place in (*package, *(Path(sysconfig.get_path(name)).resolve() for name in names)):
        if workspace.is_relative_to(place):
            return place
    return None


def refusal_of(workspace: Path, place: Path) -> str:
    """What a person is told whose workspace overlaps our code at that place."""
    return (
        f"the workspace {str(workspace)!r} contains the code that runs AutoGPT ({str(place)!r}): a program in "
        "the sandbox could rewrite it. Choose another folder as workspace, or install AutoGPT outside of it "
        "(for instance with 'pipx install autogpt')."
    )


def _guard(workspace: Path) -> None:
    if (ours := own_code(workspace)) is not None:
        raise SandboxUnavailable(refusal_of(workspace, ours))
    try:
        home = Path.home().resolve()
    except RuntimeError:
        return  # a user without a home has none to show
    for prefix in (sys.prefix, sys.base_prefix):
        place = Path(prefix).resolve()
        if place != Path("/usr") and (home.is_relative_to(place) or place == Path("/")):
            raise SandboxUnavailable(
                f"Python is installed with the prefix {str(place)!r}, which holds the home folder; the sandbox would "
                "have to show all of it. Run AutoGPT from a virtual environment of another Python."
            )
