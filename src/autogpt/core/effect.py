"""What a tool call does to the world, and a person's leave for exactly one such call."""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from autogpt.core.schema import Value, canonical_json

EffectKind = Literal["none", "workspace", "external", "spend", "irreversible", "config"]


class Effects(Value):
    """A tool's declaration. The defaults are the worst case, so that a tool that declares nothing gets nothing."""

    reads: Literal["none", "workspace", "private"] = "private"
    untrusted_output: bool = True
    effect: EffectKind = "irreversible"
    idempotent: Literal["key", "check", "no"] = "no"
    """How an interrupted call is treated on recovery: repeat with a key, ask the receiver, or ask the person."""
    runs_code: bool = False
    """Whether it executes code; such a tool is absent where there is no sandbox (P10)."""


class Labels(Value):
    """What a run has seen. Labels only go up."""

    untrusted: bool = False
    private: bool = False

    def __or__(self, other: "Labels") -> "Labels":
        return Labels(untrusted=self.untrusted or other.untrusted, private=self.private or other.private)


class Call(Value):
    """A tool call as the policy sees it: canonical, complete, without the model's words around it."""

    run_id: str
    tool: str
    version: str
    args: dict[str, JsonValue]
    effects: Effects
    destinations: tuple[str, ...] = ()
    """Where it reaches (hosts, mail addresses, paths outside the workspace), as code sees it, not the model."""

    @property
    def digest(self) -> str:
        """SHA-256 over run, tool, version and canonical arguments: what an approval is bound to."""
        return hashlib.sha256(canonical_json([self.run_id, self.tool, self.version, self.args]).encode()).hexdigest()


class Approval(Value):
    """A person's leave for one call. One use; void after `expires`."""

    digest: str
    granted: bool
    expires: datetime
    used: bool = False


class Decision(Value):
    kind: Literal["allow", "ask", "deny"]
    rule: str
    """Name of the rule that decided: 'P2', 'P5', ..."""
    reason: str
