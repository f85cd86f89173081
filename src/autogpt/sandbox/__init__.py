"""Runs code that may be hostile, so that nothing but its workspace changes and nothing leaves the machine."""

from autogpt.sandbox.limits import Limits
from autogpt.sandbox.sandbox import open_sandbox

__all__ = ["Limits", "open_sandbox"]
