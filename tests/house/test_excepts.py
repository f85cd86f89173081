"""Nothing that fails is swallowed: whoever catches everything hands it on, or says why not."""

import re
from pathlib import Path

import autogpt

_BROAD = re.compile(r"( *)except(?:\s*:| .*\b(?:Base)?Exception\b.*:)(?P<why>.*#.*)?")


def unexplained(text: str) -> list[int]:
    """Lines that catch everything, neither raise at the end of what follows nor have a comment."""
    found: list[int] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = _BROAD.fullmatch(line)
        if match is None or match["why"]:
            continue
        body = []
        for after in lines[number + 1 :]:
            if after.strip() and not after.startswith(f"{match[1]} "):
                break
            body.append(after)
        if not any(re.match(rf"{match[1]}    raise\b", one) for one in body):
            found.append(number + 1)
    return found


def test_whoever_catches_everything_raises_it_again_or_says_why_not():
    package = Path(autogpt.__file__).parent
    wrong = [
        f"{path.relative_to(package)}:{number}"
        for path in sorted(package.rglob("*.py"))
        for number in unexplained(path.read_text("utf-8"))
    ]
    assert wrong == []


def test_a_silent_one_is_found():
    code = "try:\n    x()\nexcept{}:\n    {}\nelse:\n    raise ValueError\n"
    assert unexplained(code.format(" Exception", "pass")) == [3]
    assert unexplained(code.format("", "pass")) == [3]
    assert unexplained(code.format(" (OSError, BaseException) as error", "log(error)")) == [3]
    assert unexplained(code.format(" Exception", "tidy()\n    raise")) == []
    assert unexplained(code.format(" Exception", "pass").replace("Exception:", "Exception:  # why")) == []
    assert unexplained(code.format(" OSError", "pass")) == []
