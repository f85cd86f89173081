"""A decided use of a tool, and what came back."""

from pydantic import JsonValue

from autogpt.core.schema import Value


class Action(Value):
    id: str
    tool: str
    args: dict[str, JsonValue]


PROBE = "probe"
"""What the id of a call begins with that looks at what an answer came to, to compare it with another's."""
SILENT = "(it succeeded and printed nothing)"
"""What is seen of a program that ended well without a word."""


class Observation(Value):
    action_id: str
    tool: str
    ok: bool
    content: str
    """What the agent reads, capped head and tail; data, never instructions."""
    artifact: str | None = None
    """SHA-256 of the full text where `content` was capped."""
    diff: str = ""
    """Unified diff of the workspace files this call changed, capped."""
    changed: tuple[str, ...] = ()
    """Workspace paths this call wrote, moved or removed."""
    snapshot: str | None = None
    """The workspace as it was right after the call; `Workspace.restore` brings it back."""
    seconds: float = 0.0
