"""Runs code that may be hostile, so that nothing but its workspace changes and nothing leaves the machine."""

from autogpt.sandbox.limits import Limits
from autogpt.sandbox.sandbox import open_sandbox
from autogpt.sandbox.selftest import Finding, selftest

__all__ = ["Finding", "Limits", "open_sandbox", "selftest"]
