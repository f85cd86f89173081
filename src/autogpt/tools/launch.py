"""Runs a program that comes by standard input inside the sandbox, and says more of an error than a traceback does.

Sent as text and run by `python -c`, so that no file is left behind. Its names are gone from the main module before the
program begins; hence every function imports what it needs.
"""


def launch() -> None:
    """Run the program as the main module. Its lines are put where tracebacks look; this launcher's are left out."""
    import sys

    here = sys.path.pop(0)  # a file of the workspace named like a module of the library is not for this launcher
    import linecache
    import re
    import traceback
    from pathlib import Path

    def names(line: str) -> list[str]:
        bare = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "", line)
        return re.findall(r"(?<![.\w])[A-Za-z_]\w*", bare)

    sys.path.insert(0, here)
    folders_made()
    told, code, name, home = values, sys.stdin.read(), "program.py", f"{Path.cwd()}/"
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    sys.argv[:] = [name]
    main = sys.modules["__main__"].__dict__
    for own in [own for own in main if not own.startswith("__")]:
        del main[own]
    main["__doc__"] = None
    try:
        exec(compile(code, name, "exec", dont_inherit=True), main)  # noqa: S102 - running code is what this is for
    except Exception as error:  # whatever the program raises is shown to who wrote it, and the exit code is 1
        sys.stdout.flush()
        inside = error.__traceback__.tb_next if error.__traceback__ else None
        shown = traceback.TracebackException(type(error), error, inside)
        # Frames of libraries are many, and no place to mend anything.
        own = [frame for frame in shown.stack if frame.filename == name or frame.filename.startswith(home)]
        shown.stack = traceback.StackSummary.from_list(own or shown.stack)
        print("".join(shown.format(chain=False)), end="", file=sys.stderr)
        frames = [place for place in traceback.walk_tb(inside) if place[0].f_code.co_filename == name]
        if frames:
            frame, line = frames[-1]
            known = {**frame.f_globals, **frame.f_locals}
            text = linecache.getline(name, line)
            for found in told(known, text, names(text)):
                print(f"  {found}", file=sys.stderr)
        sys.exit(1)


def folders_made() -> None:
    """Make the folders of files that are opened to be written."""
    import builtins
    import io
    import os
    from pathlib import Path

    plain = io.open

    def opened(file: object, mode: str = "r", *rest: object, **named: object) -> object:
        try:
            return plain(file, mode, *rest, **named)  # type: ignore[call-overload]
        except FileNotFoundError:
            if not isinstance(file, str | os.PathLike) or not set(mode) & set("wax"):
                raise
            folder = Path(os.fsdecode(file)).parent  # type: ignore[arg-type]
            if folder.is_dir():
                raise
            folder.mkdir(parents=True, exist_ok=True)
            return plain(file, mode, *rest, **named)  # type: ignore[call-overload]

    builtins.open = io.open = opened  # type: ignore[assignment]


def values(known: "dict[str, object]", line: str, names: "list[str]") -> "list[str]":
    """What the names in a line that failed stand for, and the numbered parts of a text that it splits."""
    told: list[str] = []
    for name in dict.fromkeys(names):
        value = known.get(name)
        if isinstance(value, str | int | float | list | tuple | dict | set):
            told.append(f"{name} = {value!r:.200}")
        if isinstance(value, str) and ".split(" in line:
            parts = ", ".join(f"[{at}] {part!r:.40}" for at, part in enumerate(value.split()[:16]))
            told.append(f"{name}.split() = {parts}")
    return told[:6]
