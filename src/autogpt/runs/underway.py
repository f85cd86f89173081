"""Which step is being done right now, and how the workspace was before it: what a crash leaves behind."""

import asyncio

from pydantic import ValidationError

from autogpt.core.contracts import Workspace
from autogpt.core.errors import AutoGPTError
from autogpt.core.schema import Value
from autogpt.runs.spec import RunFolder, write_whole


class Interrupted(AutoGPTError):
    """The step was begun before, it is unknown how far it came, and it must not be repeated."""


class Mark(Value):
    workflow: str
    step: int
    snapshot: str


class UnderWay:
    """Writes the mark before a step that touches the world, and reads it when the step is begun again.

    A finished step needs no unmarking: its result is kept, so it is never begun again.
    """

    def __init__(self, folder: RunFolder, workspace: Workspace) -> None:
        self._path = folder.under_way
        self._workspace = workspace

    async def begin(self, *, restore: bool, repeat: bool) -> None:
        """Call from inside a step. restore: put the workspace back if an earlier attempt was interrupted.

        repeat: whether a second attempt may be made at all. Raises Interrupted if not, and this is one.
        """
        from dbos import DBOS

        workflow, step = DBOS.workflow_id, DBOS.step_id
        if workflow is None or step is None:
            raise RuntimeError("a step was begun outside a workflow")
        before = self._read()
        if before is not None and (before.workflow, before.step) == (workflow, step):
            if not repeat:
                raise Interrupted("interrupted")
            if restore:
                await asyncio.to_thread(self._workspace.restore, before.snapshot)
            return
        snapshot = await asyncio.to_thread(self._workspace.snapshot)
        write_whole(self._path, Mark(workflow=workflow, step=step, snapshot=snapshot).model_dump_json())

    def _read(self) -> Mark | None:
        try:
            return Mark.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            # It is written by rename, so a damaged mark was not left by us and says nothing of this step.
            return None
