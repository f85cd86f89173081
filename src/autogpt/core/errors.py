"""Errors, each addressed to whoever can act on it. Anything that is not one of these is our bug."""


class AutoGPTError(Exception):
    """The base of every error we raise on purpose. Its message says what to do next."""


class UsageError(AutoGPTError):
    """For the person: what they gave cannot be used as it is. The CLI exits 2, the API answers 4xx."""


class TryAgain(UsageError):
    """For the person: what stands in the way can pass or be cleared away (no network, no room); then the same works."""


class MissingExtra(UsageError):
    """For the person: an optional part is not installed; the message holds the command that installs it."""


class ToolError(AutoGPTError):
    """For the agent: the call did not work. It becomes an observation and says what to try."""


class SandboxUnavailable(AutoGPTError):
    """For the person: code cannot be run safely on this machine; the message says how to mend that."""


class ModelError(AutoGPTError):
    """The model cannot answer, and trying again will not help (bad key, unknown model, refused request)."""


class ModelBusy(ModelError):
    """The model cannot answer now. `after` is how many seconds the provider asked us to wait, if it said."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class LimitReached(ModelError):
    """A limit of the task does not let the model answer; the message says which, in the task's language."""


class ContextFull(ModelError):
    """The messages do not fit the model's context window; the window must be made smaller first."""


class JournalError(AutoGPTError):
    """For the person: a journal is damaged or was written by a version we cannot read. It is left untouched."""


class RunNotFound(UsageError):
    """For the person: no run has this id."""
