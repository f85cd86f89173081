"""The bare model: asked once, with the goal and the heads of the files; what it answers is done, without a check.

The prompt is as fair as we could make it: it is in the language of the goal, shows the same listing and file heads
that an agent would look at first, and asks for the form in which small models write files best (a path, then a code
block). Reading the answer is generous: see `read_answer`.
"""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from autogpt.core.check import Check
from autogpt.core.contracts import Model, Program, Sandbox
from autogpt.core.errors import ContextFull, ToolError
from autogpt.core.message import Message, Request, Usage
from autogpt.core.schema import Value
from autogpt.exam.runner import Sat
from autogpt.sandbox.workspace import Folder

MAX_TOKENS = 1_500
HEAD = 1_500
"""Characters shown of each file."""
ALL_HEADS = 12_000
"""Characters shown of all files together."""

FORM = {
    "en": """{goal}

{files}
Write every file that has to be written: first a line with its path, then its whole content in a code block. For
example:

hello.py
```python
print("hello")
```

If something has to be worked out from files, or files have to be moved, renamed or deleted, write one more block that
begins with ```python and has no path before it: this script runs once in the folder, after the files are written.
Only the Python standard library is there.
""",
    "zh": """{goal}

{files}
需要写的每个文件：先用一行写出它的路径，再把完整内容放在代码块里。例如：

hello.py
```python
print("hello")
```

如果要根据文件计算结果，或者要移动、重命名、删除文件，就再写一个以 ```python 开头、前面没有路径的代码块：
文件写好以后，这个脚本会在文件夹里运行一次。只能使用 Python 标准库。
""",
}


class Block(Value):
    language: str
    path: str
    """Empty for a script."""
    text: str


class Bare:
    """Solver: one question, one answer."""

    def __init__(self, model: Model, sandbox: Sandbox, only_file: str = "") -> None:
        """only_file: the one file that the task wants (MBPP: solution.py); its whole answer is the first code block."""
        self._model = model
        self._sandbox = sandbox
        self._only_file = only_file

    async def __call__(self, goal: str, workspace: Path, checks: Sequence[Check]) -> Sat:
        began = time.monotonic()
        folder = Folder(workspace, workspace.parent / "bare-snapshots")
        request = Request(
            messages=(Message(role="user", content=self._prompt(goal, folder)),), max_tokens=MAX_TOKENS, temperature=0
        )
        try:
            reply = await self._model.reply(request)
        except ContextFull as error:
            return Sat(outcome="failed", detail=str(error), seconds=time.monotonic() - began, usage=Usage())
        done = await self._do(goal, reply.text, folder)
        return Sat(
            usage=reply.usage,
            seconds=time.monotonic() - began,
            outcome="answered",
            detail=f"{done}\n--- answer\n{reply.text}"[:6_000],
            steps=1,
        )

    def _prompt(self, goal: str, folder: Folder) -> str:
        if self._only_file:
            return goal
        chinese = len(re.findall(r"[\u4e00-\u9fff]", goal)) > 10
        return FORM["zh" if chinese else "en"].format(goal=goal, files=_show(folder, chinese))

    async def _do(self, goal: str, answer: str, folder: Folder) -> str:
        if self._only_file:
            found = _FENCE.search(answer)
            folder.write(self._only_file, (found[2] if found else answer).encode())
            return f"wrote {self._only_file}"
        said: list[str] = []
        scripts: list[Block] = []
        for block in read_answer(answer, goal):
            if not block.path:
                scripts.append(block)
                continue
            try:
                folder.write(block.path, block.text.encode())
                said.append(f"wrote {block.path}")
            except ToolError as error:
                said.append(str(error))
        for block in scripts[:1]:
            shell = block.language in ("bash", "sh", "shell", "console")
            argv = ("bash", "-c", block.text) if shell else ("python3", "-c", block.text)
            finished = await self._sandbox.run(Program(argv=argv, seconds=60), folder.root)
            said.append(
                f"script: exit {finished.exit} {finished.ended_by}\n{finished.stdout[-600:]}{finished.stderr[-900:]}"
            )
        return "\n".join(said) or "no block in the answer"


def _show(folder: Folder, chinese: bool) -> str:
    entries = [entry for entry in folder.list() if entry.kind == "file"]
    if not entries:
        return "文件夹是空的。\n" if chinese else "The folder is empty.\n"
    parts = ["文件夹里有这些文件：" if chinese else "The folder holds these files:"]
    left = ALL_HEADS
    for entry in entries[:60]:
        data = folder.read(entry.path, 10_000_000)
        text = "(binary)" if b"\0" in data else data.decode("utf-8", "replace")[: min(HEAD, left)]
        left = max(0, left - len(text))
        cut = "\n..." if len(text.encode()) < len(data) and b"\0" not in data else ""
        parts.append(f"\n{entry.path} ({entry.size} bytes)\n```\n{text.rstrip()}{cut}\n```")
    return "\n".join(parts) + "\n"


_FENCE = re.compile(r"^[ \t]*```([^\n`]*)\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"(?<![\w./-])((?:[\w.-]+/)*[\w-][\w.-]*\.[A-Za-z]\w{0,7})(?![\w/])")
_SHELLS = ("python", "py", "bash", "sh", "shell", "console", "python3")


def read_answer(answer: str, goal: str) -> tuple[Block, ...]:
    """The blocks of an answer, in order.

    Generous: the path may stand on the line before the block, decorated (`### hello.py`, `**hello.py**:`), or after
    the language (```python hello.py). A Python block without a path that defines something, when the goal names
    exactly one Python file and no block names it, is that file.
    """
    blocks: list[Block] = []
    for found in _FENCE.finditer(answer):
        info = found[1].strip().split()
        language = info[0].lower() if info and "." not in info[0] else ""
        path = next((part for part in info if "." in part), "") or _path_before(answer[: found.start()])
        if not path and language not in _SHELLS and language:
            continue  # a sample of output, or an explanation
        blocks.append(Block(language=language, path=path.strip("`*\"'"), text=found[2]))
    named = set(_PATH.findall(goal))
    python = [path for path in named if path.endswith(".py")]
    if len(python) == 1 and all(block.path != python[0] for block in blocks):
        for place, block in enumerate(blocks):
            if not block.path and re.search(r"^(def|class) ", block.text, re.MULTILINE):
                blocks[place] = block.model_copy(update={"path": python[0]})
                break
    return tuple(block for block in blocks if block.path or block.language in _SHELLS)


def _path_before(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()[-3:] if line.strip()]
    if not lines or len(lines[-1]) > 100:
        return ""
    found = _PATH.findall(lines[-1])
    return found[-1] if len(found) == 1 else ""
