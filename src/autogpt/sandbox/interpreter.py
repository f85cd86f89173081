"""The Python interpreter of a cell, whose state is kept: takes code from one descriptor, answers with its status.

It is itself the hostile code's process: whatever it answers is only what that code could print as well.
Started as `python -c STARTER <fd of this text> <read fd> <write fd>`.
"""

import ast
import linecache
import os
import signal
import struct
import sys
import traceback
from types import CodeType, ModuleType
from typing import cast


def serve(read: int, write: int) -> None:
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = [""]
    number = 0
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (head := _exactly(read, 4)) is not None:
        body = _exactly(read, struct.unpack("=I", head)[0])
        if body is None:
            return
        number += 1
        signal.signal(signal.SIGINT, signal.default_int_handler)
        status = evaluate(body.decode("utf-8", "replace"), f"<python {number}>", module.__dict__)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                continue
        os.write(write, struct.pack("=i", status))


def evaluate(code: str, name: str, names: dict[str, object]) -> int:
    """Run the code; shows the value of a last expression; returns an exit status."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        for part, shown in _parts(code, name):
            value = eval(part, names)  # noqa: S307 - running code is what this is for
            if shown and value is not None:
                print(repr(value))
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        print(leaving.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("KeyboardInterrupt: stopped because the time was up", file=sys.stderr)
        return -2
    except BaseException as error:  # as the interpreter itself would
        shown_frames = error.__traceback__
        while shown_frames and shown_frames.tb_frame.f_globals is globals():
            shown_frames = shown_frames.tb_next
        traceback.print_exception(type(error), error, shown_frames)
        return 1
    return 0


def _parts(code: str, name: str) -> list[tuple[CodeType, bool]]:
    """The code, and apart from it a last expression."""
    tree = cast(ast.Module, compile(code, name, "exec", ast.PyCF_ONLY_AST))
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        rest = ast.Module(tree.body[:-1], tree.type_ignores)
        return [(compile(rest, name, "exec"), False), (compile(ast.Expression(last.value), name, "eval"), True)]
    return [(compile(tree, name, "exec"), False)]


def _exactly(descriptor: int, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        more = os.read(descriptor, count - len(data))
        if not more:
            return None
        data += more
    return data


if __name__ == "__main__":
    text, read_end, write_end = map(int, sys.argv[1:4])
    os.close(text)
    os.set_inheritable(read_end, False)
    os.set_inheritable(write_end, False)
    serve(read_end, write_end)
