"""Mending code function by function.

A small model that is shown a whole file with a fault copies it as it stands. Asked for one function alone, and where
that does not help for a function whose body has been taken out, it writes what the tests want, with a tenth of the
tokens.
"""

import ast
import re
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from autogpt.agent.credit import tested
from autogpt.agent.programs.mending import unshared
from autogpt.agent.prompts import prompts
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.turn import failures
from autogpt.agent.window import cap, tokens
from autogpt.core.action import Action
from autogpt.core.check import describe
from autogpt.core.contracts import Survey
from autogpt.core.message import Message, Reply
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.verdict import Verdict

FORMAT = "function"
_LARGE = 1_500
"""Tokens of a file that is still shown as a whole beside the function."""


class Place(NamedTuple):
    """A function or method in a file."""

    path: str
    name: str
    """Dotted, with its class."""
    source: str
    """As it stands, indentation included."""
    head: str
    """Decorators, signature and docstring."""

    @property
    def target(self) -> str:
        return f"{self.path}::{self.name}"

    @property
    def called(self) -> str:
        """By what name it is called: a class for its `__init__`."""
        above, _, last = self.name.rpartition(".")
        return above.rpartition(".")[2] if last == "__init__" and above else last

    @property
    def indent(self) -> str:
        return self.source[: len(self.source) - len(self.source.lstrip(" "))]


def places(path: str, text: str) -> list[Place]:
    """The functions of a module and the methods of its classes; none of a text that does not parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    lines = text.splitlines(keepends=True)
    found: list[Place] = []

    def walk(body: Sequence[ast.stmt], above: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                walk(node.body, f"{above}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
                body_at = node.body[0].lineno - 1
                if ast.get_docstring(node, clean=False) is not None:
                    body_at = (node.body[0].end_lineno or 1) if len(node.body) > 1 else body_at
                if body_at > node.lineno - 1:  # else it is all on one line
                    source, head = ("".join(lines[start:end]) for end in (node.end_lineno, body_at))
                    found.append(Place(path, above + node.name, source, head))

    walk(tree.body, "")
    return found


class Blame(NamedTuple):
    """A function, and what the failing test saw for which it is blamed."""

    place: Place
    told: str


def _found_in(place: Place, text: str, findings: Sequence[str]) -> bool:
    """Whether static analysis found something in the function."""
    start = text[: text.find(place.source)].count("\n") + 1
    lines = [int(line) for found in findings for line in re.findall(rf"^{re.escape(place.path)}:(\d+)", found)]
    return any(start <= line < start + place.source.count("\n") + 1 for line in lines)


def blamed(run: Run, item: Item, survey: Survey, stands: Verdict | None) -> Blame | None:
    """The function that a failing test speaks of most: of the test that reaches the fewest functions, for there the
    fault is surest, and whose functions were not all tried in vain.

    Where nothing but the goal speaks of a function, it is that one; None where it speaks of none or of several.
    """
    whole = {f.path: f.head for f in survey.files if f.head and len(f.head.encode()) >= f.size}
    known = [place for path in item.delivers if path in whole for place in places(path, whole[path])]
    tried = [step.target for step in since_progress(run, item)]
    failing = [(told, "\n".join(_asked(told, whole))) for told in _failing(stands)]
    passing = _passing(whole, [told for told, _ in failing])
    for told, tests in sorted(failing, key=lambda one: len(_reached(known, one[0] + one[1]))):
        reached = [p for p in _reached(known, tests + told) if tried.count(p.target) < _TRIES]
        if reached:
            odd = {p for p in reached if _found_in(p, whole[p.path], stands.findings if stands else ())}
            place = max(
                reached,
                key=lambda p: (
                    _weight(p, told, tests, whole)
                    + 12 * (p in odd)
                    - 4 * tried.count(p.target)
                    - 3 * min(sum(_speaks_of(test, p) for test in passing), 2)
                ),
            )
            return Blame(place, told)
    named = [place for place in known if re.search(rf"\b{re.escape(place.called)}(?=\s*\(|`)", item.goal)]
    if len(named) == 1 and tried.count(named[0].target) < _TRIES - 1:
        return Blame(named[0], item.goal.strip()[:_REPORT])
    return None


def _passing(whole: dict[str, str], failing: Sequence[str]) -> list[str]:
    """The sources of the tests that do not fail: the functions they call are likely right."""
    tests = [one for path, text in whole.items() if is_test(path) for one in places(path, text)]
    return [
        one.source for one in tests if one.name.startswith("test") and not any(one.name in told for told in failing)
    ]


_REPORT = 400
"""Characters of a goal that stand for what a test would have seen."""
_TRIES = 3
"""How often one function is written anew on end."""


def _weight(place: Place, told: str, tests: str, whole: dict[str, str]) -> int:
    name = re.escape(place.called)
    lines = [int(line) for line in re.findall(rf"{re.escape(place.path)}:(\d+)", told)]
    start = whole[place.path][: whole[place.path].find(place.source)].count("\n") + 1
    hit = any(start <= line < start + place.source.count("\n") + 1 for line in lines)
    return (
        8 * hit + 4 * min(len(re.findall(rf"\b{name}\b", told)), 2) + min(len(re.findall(rf"\b{name}\s*\(", tests)), 3)
    )


def _reached(known: Sequence[Place], text: str) -> list[Place]:
    """The functions that the text names, and those that these call in turn."""
    found: list[Place] = []
    waiting = [text]
    while waiting:
        here = waiting.pop()
        for place in known:
            if place not in found and re.search(rf"\b{re.escape(place.called)}\b", here):
                found.append(place)
                waiting.append(place.source)
    return found


def _failing(stands: Verdict | None) -> list[str]:
    """What was seen of each failing test."""
    failing = stands.failing if stands else ()
    return [told for result in failing for told in failures(result.evidence.strip()) if told]


def _asked(told: str, whole: dict[str, str]) -> list[str]:
    """The sources of the tests that the evidence names."""
    found: list[str] = []
    for path, name in re.findall(r"(\S+\.py)::(?:\w+::)*(\w+)", told):
        found += [p.source for p in places(path, whole.get(path, "")) if p.name.rpartition(".")[2] == name]
    return list(dict.fromkeys(found))


def since_progress(run: Run, item: Item) -> tuple[Step, ...]:
    """The steps that mended single functions since more checks passed than ever before."""
    steps = [step for step in run.steps if step.item == item.name]
    best = tested(run.before[item.name]) if item.name in run.before else 0.0
    start = 0
    for at, step in enumerate(steps):
        if step.verdict and (score := tested(step.verdict)) > best:
            best, start = score, at + 1
    return tuple(step for step in steps[start:] if step.strategy.format == FORMAT)


def asked_for(run: Run, item: Item, blame: Blame, survey: Survey) -> tuple[Message, ...]:
    """The messages that ask for one function: the module, the tests that call it, what the failing one saw.

    Asked for the second time, the body is taken out, so that it cannot be copied.
    """
    say = prompts(run.task.language)
    place = blame.place
    before = [step for step in since_progress(run, item) if step.target == place.target]
    anew = bool(before)
    seen = [blame.told, *(told for step in before[-1:] for told in _failing(step.verdict) if _speaks_of(told, place))]
    whole = {f.path: f.head for f in survey.files if f.head}
    module = whole[place.path]
    if anew:
        module = module.replace(place.source, f"{place.head}{place.indent}    ...\n", 1)
    if tokens(module) > _LARGE:
        module = place.head if anew else place.source
    parts = [say.task.format(goal=item.goal.strip()), say.module.format(path=place.path, text=module.rstrip())]
    tests = dict.fromkeys([*_asked(blame.told, whole), *_calling(place, whole)])
    if tests:
        shown = "\n".join(textwrap.dedent(source) for source in tests)
        parts.append(say.tested.format(text=cap(shown.rstrip(), 2_400)))
    ask = say.anew_function if anew else say.wrong_function
    parts.append(ask.format(name=place.name, evidence=cap("\n".join(dict.fromkeys(seen)), 1_200)))
    return (Message(role="system", content=say.system_files), Message(role="user", content="\n\n".join(parts)))


def _speaks_of(told: str, place: Place) -> bool:
    return re.search(rf"\b{re.escape(place.called)}\s*\(", told) is not None


def _calling(place: Place, whole: dict[str, str]) -> list[str]:
    """The sources of the tests that call the function."""
    name = re.escape(place.called)
    tests = [one for path, text in whole.items() if is_test(path) for one in places(path, text)]
    return [one.source for one in tests if re.search(rf"\b{name}\s*\(", one.source)][:6]


def opening(place: Place) -> str:
    """How the answer begins: with what stands in the file up to the body."""
    return f"```python\n{textwrap.dedent(place.head)}"


CLOSES = ("\n```", "\ndef ", "\nclass ", "\n@", "\nif __name__", "\n# Test", "\n# Example")


def function_actions(reply: Reply, text: str, target: str, step: int) -> tuple[Action, ...]:
    """The file with the function of the reply in the place of its own; nothing if the reply holds none that parses.

    text: the file as it is. target: 'path::name'.
    """
    path, _, name = target.partition("::")
    place = next((one for one in places(path, text) if one.name == name), None)
    body = textwrap.dedent(_body(reply.text))
    last = name.rpartition(".")[2]
    again = body.rfind(f"def {last}(")  # the answer that had been begun with it may begin it once more
    tries = (body, body[again:] if again > 0 else "")
    made = next((one for text_ in tries for one in places(path, text_) if one.name.rpartition(".")[2] == last), None)
    if place is None or made is None:
        return ()
    source = textwrap.indent(textwrap.dedent(made.source).rstrip("\n") + "\n", place.indent)
    content = text.replace(place.source, source if place.source.endswith("\n") else source.rstrip("\n"), 1)
    missing = [line for line in _imports(body) if line not in text.splitlines()]
    content = "".join(f"{line}\n" for line in missing) + content if missing and _free(text) else content
    return (Action(id=f"a{step}", tool="write_file", args={"path": path, "content": unshared(content)}),)


def _body(text: str) -> str:
    """What stands in the block; the end may have been cut in the middle of a line."""
    found = re.search(r"^```\w*\n(.*?)(?:^```|\Z)", text, re.M | re.S)
    return found[1] if found else text


def _imports(body: str) -> list[str]:
    return re.findall(r"^(?:import [\w., ]+|from [\w.]+ import [\w., ]+)$", body, re.M)


def _free(text: str) -> bool:
    """Whether a line may be put before the module's first: no docstring, `__future__` import or remark begins it."""
    return not text.lstrip().startswith(('"""', "'''", "#", "from __future__"))


def has_tests(item: Item) -> bool:
    """Whether failing tests can say which function is wrong."""
    tests = [check for check in item.checks if check.kind in ("tests_pass", "python_holds")]
    return any(not describe(check).endswith(" has changed") for check in tests) and any(
        not is_test(path) for path in item.delivers
    )


def fruitless(run: Run, item: Item) -> int:
    """How often a function was written on end without one more check passing."""
    return len(since_progress(run, item))
