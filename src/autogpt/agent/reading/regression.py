"""A test that is to guard a mended fault must fail on the code as it was."""

import re
from collections.abc import Mapping, Sequence

from autogpt.agent.reading.mentions import is_test
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

MENDS_IT = re.compile(
    r"\b(?:fix|repair|debug|mend|correct)\b|\bmake (?:it|them|the \w+|\w+\([^()]*\)|`\w+`) (?:return|accept|raise|handle|give|ignore|work|count|keep)\b|"
    r"修复|修好|修正|改正|(?:让|使)(?:它|其|函数)",
    re.I,
)
"""Goals that want code that is there to behave otherwise."""
_TESTED = re.compile(
    r"[^.;。；\n]*(?:\.(?=\w)[^.;。；\n]*)*(?:\btests?\b|测试)[^.;。；\n]*(?:\.(?=\w)[^.;。；\n]*)*", re.I
)
_GUARDS = re.compile(
    r"\bregression\b|\btests? (?:\w+ ){0,4}?(?:that |which )?(?:covers?|catch\w*|reproduc\w+|proves?|shows?)\b|"
    r"\btests? (?:for|of) (?:it|this|that|the (?:bug|fix|fault|case|problem|error))\b|回归|(?:覆盖|针对|验证)(?:这个|该|此)",
    re.I,
)
_VALUE = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])|\"[^\"\n]+\"|'[^'\n]+'|“[^”\n]+”")
_MOST = 4_000


def guarding(goal: str, outputs: Sequence[str], inputs: Sequence[str], files: Sequence[FileHead]) -> list[PythonHolds]:
    """That the new test file fails beside the module as it was, where the goal wants a test of the fault it has mended.

    outputs, inputs: the files that the goal wants made, and those that it names otherwise.
    """
    there = {file.path: file for file in files}
    if more := _one_more(goal, [path for path in inputs if is_test(path) and path in there], there):
        return [more]
    tests = [path for path in outputs if is_test(path) and path.endswith(".py") and path not in there]
    sources = [path for path in inputs if path.endswith(".py") and path in there and not is_test(path)]
    if len(tests) != 1 or len(sources) != 1 or not MENDS_IT.search(goal) or not _of_the_fault(goal):
        return []
    old = there[sources[0]]
    if not 0 < old.size <= _MOST or len(old.head.encode()) < old.size:
        return []
    code = _FAILS.format(test=tests[0], source=sources[0], text=old.head)
    return [PythonHolds(code=code, label=f"{tests[0]} fails on the code as it was", source="goal")]


ADDS_TESTS = re.compile(
    r"\b(?:add|write|include)\b[^.;\n]{0,40}\btests?\b|(?:添加|增加|加|补|写)[^。；\n]{0,20}测试", re.I
)
"""Goals that want a test more in a file of tests."""
_TEST = re.compile(r"^\s*(?:async )?def (test\w*)\(", re.M)


def _one_more(goal: str, tests: Sequence[str], there: Mapping[str, FileHead]) -> PythonHolds | None:
    """That a file of tests has those that it had, and another, where the goal wants one added to it."""
    if len(tests) != 1 or not MENDS_IT.search(goal) or not ADDS_TESTS.search(goal):
        return None
    old = there[tests[0]]
    if len(old.head.encode()) < old.size or not (names := _TEST.findall(old.head)):
        return None
    code = _MORE.format(path=old.path, names=names)
    return PythonHolds(code=code, label=f"{old.path} has another test beside the old ones", source="goal")


_MORE = """\
import re
now = re.findall(r'(?m)^\\s*(?:async )?def (test\\w*)\\(', open({path!r}, encoding='utf-8').read())
gone = [name for name in {names!r} if name not in now]
assert not gone, 'these tests are gone from {path}: ' + ', '.join(gone)
assert len(now) > len({names!r}), 'no test function was added to {path}: leave the old ones and write another'"""


def _of_the_fault(goal: str) -> bool:
    """Whether the test that is wanted is one of the fault: the words say so, or they share a value with its report."""
    told = _TESTED.findall(goal)
    if any(_GUARDS.search(clause) for clause in told):
        return True
    before = goal.partition(told[0])[0] if told else ""
    for clause in told:
        fault, _, test = re.split(r"(\btests?\b|测试)", clause, maxsplit=1, flags=re.I)
        if set(_VALUE.findall(test)) & set(_VALUE.findall(before + fault)):
            return True
    return False


_FAILS = """\
import importlib.util, os, pathlib, shutil, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as room:
    folder = pathlib.Path(room, 'before')
    shutil.copytree('.', folder, ignore=shutil.ignore_patterns('__pycache__', '.*'))
    (folder / {source!r}).write_text({text!r}, encoding='utf-8')
    by = 'pytest' if importlib.util.find_spec('pytest') else 'unittest'
    done = subprocess.run([sys.executable, '-B', '-m', by, {test!r}], cwd=folder, capture_output=True, text=True, timeout=60)
assert done.returncode != 0, 'the tests of {test} pass on the code as it was, too: they do not test the fault'"""
