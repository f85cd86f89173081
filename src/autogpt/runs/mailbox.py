"""Letters to a run from other processes: answers to its questions, and the wish that it stop.

They are files in the run's folder, written by rename: no process needs the run's database for them, they wait when
nobody works on the run, and they are still there after a crash.
"""

from pathlib import Path

from pydantic import ValidationError

from autogpt.core.errors import JournalError
from autogpt.core.schema import Value
from autogpt.runs.spec import write_whole


class Letter(Value):
    question: str
    """Id of the question it answers."""
    answer: str


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder / "letters"

    def answer(self, question: str, answer: str) -> None:
        """Leave an answer. A later one replaces it until the run has read it."""
        self._folder.mkdir(exist_ok=True, mode=0o700)
        write_whole(self._path(question), Letter(question=question, answer=answer).model_dump_json())

    def answered(self, question: str) -> str | None:
        """The answer to the question, if one is there. Raises JournalError if it cannot be read as one."""
        try:
            letter = Letter.model_validate_json(self._path(question).read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            raise JournalError(f"the answer in {str(self._path(question))!r} is damaged; answer again") from None
        return letter.answer

    def cancel(self) -> None:
        """Ask the run to stop for good."""
        self._folder.mkdir(exist_ok=True, mode=0o700)
        write_whole(self._folder / "cancel", "")

    def cancelled(self) -> bool:
        return (self._folder / "cancel").exists()

    def _path(self, question: str) -> Path:
        # Question ids come from the loop; as hexadecimal they cannot name another folder.
        return self._folder / f"answer-{question.encode().hex()[:200]}.json"
