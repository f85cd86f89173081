"""MBPP problems (Austin et al. 2021, "Program Synthesis with Large Language Models") as exam tasks.

The first assert is shown as an example, the others are hidden. The data is not part of the project.
"""

from pathlib import Path
from typing import cast

from pydantic import ValidationError

from autogpt.core.check import PythonHolds
from autogpt.core.errors import UsageError
from autogpt.core.schema import Value, read_json
from autogpt.exam.suite import ExamTask, Suite

FILE = "mbpp_dev.jsonl"


class Problem(Value):
    task_id: str
    text: str
    test_list: tuple[str, ...]
    test_setup_code: str = ""


def load_mbpp(folder: Path) -> Suite:
    """Load the problems from `mbpp_dev.jsonl` in the folder. Raises UsageError if they cannot be read."""
    try:
        text = (folder / FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the MBPP problems cannot be read: {error}; is AUTOGPT_BENCH_DATA right?") from None
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            problems.append(Problem.model_validate(cast(object, read_json(line))))
        except ValidationError as error:
            raise UsageError(f"{FILE} line {number} is not a problem: {error.errors()[0]['msg']}") from None
    return Suite(name="mbpp", tasks=tuple(as_task(problem) for problem in problems if len(problem.test_list) > 1))


def as_task(problem: Problem) -> ExamTask:
    """The problem as a user would put it, with all but the first assert hidden."""
    shown, *held = problem.test_list
    setup = f"{problem.test_setup_code}\n" if problem.test_setup_code else ""
    goal = f"{problem.text} Write it to solution.py.\nExample: `{shown}`"
    # Not `import *`, which leaves out the names that begin with '_', and some of the problems ask for one.
    load = "import solution\nglobals().update({n: v for n, v in vars(solution).items() if not n.startswith('__')})\n"
    code = setup + load + "\n".join(held)
    return ExamTask(
        id=problem.task_id.replace("/", "-").lower(),
        difficulty="medium",
        goal=goal,
        hidden=(PythonHolds(code=code, label="the hidden asserts hold"),),
        tags=("mbpp", "function"),
    )
