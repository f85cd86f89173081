"""The tools a run has: they are described, called, and what came of the call is observed."""

import difflib
import time
from collections.abc import Sequence

import anyio
import anyio.to_thread
from pydantic import BaseModel

from autogpt.core.action import Action, Observation
from autogpt.core.effect import Call
from autogpt.core.errors import ToolError, UsageError
from autogpt.core.message import ToolSpec
from autogpt.tools.here import Here
from autogpt.tools.output import cap, clean, fold
from autogpt.tools.tool import Tool


class Box:
    """A Toolbox over a list of tools. Tools that run code are absent where there is no sandbox (P10)."""

    def __init__(self, tools: Sequence[Tool], here: Here) -> None:
        self.here = here
        self._tools = {tool.name: tool for tool in tools if here.sandbox is not None or not tool.effects.runs_code}
        self._absent = {tool.name for tool in tools} - set(self._tools)
        # Snapshots before and after belong to one call only if calls that change files come one after the other.
        self._turn = anyio.Lock()

    @property
    def for_loop(self) -> frozenset[str]:
        """Names of the tools whose calls the loop deals with itself: to ask a person, to hand in."""
        return frozenset(tool.name for tool in self._tools.values() if tool.for_loop)

    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told, always in the same order."""
        return tuple(tool.spec for tool in self._tools.values())

    def call(self, action: Action, run_id: str) -> Call:
        """The call as the policy sees it: arguments validated, defaults filled in.

        Raises ToolError for an unknown tool or arguments that do not fit.
        """
        tool, form = self._fit(action)
        args = form.model_dump(mode="json")
        return Call(
            run_id=run_id,
            tool=tool.name,
            version=tool.version,
            args=args,
            effects=tool.effects,
            destinations=tool.destinations(args) if tool.destinations else (),
        )

    async def run(self, action: Action) -> Observation:
        """Do it. A failure is an observation that says what to try.

        Raises only what is for the person: SandboxUnavailable, and UsageError where the workspace can no longer be
        kept for undo (too many files, a full disk); nothing was done then.
        """
        began = time.perf_counter()
        try:
            tool, form = self._fit(action)
        except ToolError as error:
            return self._observe(action, str(error), ok=False, began=began)
        if tool.effects.effect != "workspace":
            text, ok = await self._do(tool, form)
            return self._observe(action, text, ok=ok, began=began, exact=tool.exact)
        async with self._turn:
            return await self._run_with_snapshots(action, tool, form, began)

    def recall(self, *observations: Observation) -> None:
        """After a restart: know again which changes can be undone, from what the run observed, in order."""
        self.here.trail.recall(observations)

    async def close(self) -> None:
        """End the kept interpreter and background processes. The box stays usable: the next call starts new ones."""
        await self.here.close()

    def _fit(self, action: Action) -> tuple[Tool, BaseModel]:
        tool = self._tools.get(action.tool)
        if tool is not None:
            return tool, tool.fit(action.args)
        if action.tool in self._absent:
            raise ToolError(f"{action.tool!r} runs code, and there is no sandbox on this machine to run it in")
        close = difflib.get_close_matches(action.tool[:60], self._tools, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ToolError(f"there is no tool {action.tool[:60]!r}.{hint} The tools are: {', '.join(self._tools)}")

    async def _do(self, tool: Tool, form: BaseModel) -> tuple[str, bool]:
        try:
            return await tool.function(
                self.here, **{name: getattr(form, name) for name in type(form).model_fields}
            ), True
        except ToolError as error:
            return str(error), False

    async def _run_with_snapshots(self, action: Action, tool: Tool, form: BaseModel, began: float) -> Observation:
        workspace, trail = self.here.workspace, self.here.trail
        before = await anyio.to_thread.run_sync(workspace.snapshot)
        # What a background process wrote since the last call belongs to the agent too.
        base = trail.last if self.here.processes and trail.last else before
        trail.saw(before)
        text, ok = await self._do(tool, form)
        try:
            after = await anyio.to_thread.run_sync(workspace.snapshot)
            if tool.name == "undo" and ok:
                trail.returned(after)
            trail.saw(after)
            changed: tuple[str, ...] = ()
            diff = ""
            if after != base:
                changed = await anyio.to_thread.run_sync(workspace.changes, base, after)
                diff = await anyio.to_thread.run_sync(workspace.diff, base, after)
        except (ToolError, UsageError) as error:
            note = f"{text}\n[what this changed could not be recorded: {error}]"
            return self._observe(action, note, ok=ok, began=began, exact=tool.exact)
        seen = self._observe(action, text, ok=ok, began=began, exact=tool.exact)
        return seen.model_copy(update={"changed": changed, "diff": clean(diff), "snapshot": after})

    def _observe(self, action: Action, text: str, *, ok: bool, began: float, exact: bool = False) -> Observation:
        full = clean(text)
        told = full if exact else fold(full)
        content = cap(told, self.here.most)
        artifact = None
        if len(content) < len(full):
            try:
                artifact = self.here.blobs.put(full.encode())
            except OSError as error:
                content += f"\n[the full text could not be kept: {error.strerror}]"
        return Observation(
            action_id=action.id,
            tool=action.tool,
            ok=ok,
            content=content,
            artifact=artifact,
            seconds=time.perf_counter() - began,
        )
