"""The App of this command, with the models it was started with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogpt.app import App
    from autogpt.cli.live import Watcher
    from autogpt.parts import OpenModel
    from autogpt.settings import Settings

open_model: "OpenModel | None" = None
"""Set by `main.run`; None opens models as the settings say."""
command: "tuple[str, ...] | None" = None
"""Starts this command line in another process; set by `main.run` where models are brought."""


def app(settings: "Settings | None" = None, shown: "Watcher | None" = None) -> "App":
    """App over the settings (read anew if None), whose progress is shown by the watcher."""
    from autogpt.app import App
    from autogpt.locale import translate
    from autogpt.settings import load

    settings = settings or load()
    if shown is None:
        return App(settings, open_model=open_model, command=command)

    def note(text: str) -> None:
        shown.note(translate(text))

    return App(settings, notify=note, on_text=shown.heard, open_model=open_model, command=command)
