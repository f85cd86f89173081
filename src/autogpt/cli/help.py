"""Help: what Typer itself writes on a help page, in the person's language.

Typer has gettext for some of its words and nothing for the rest, and gettext wants compiled files; so a page is turned
where all of it passes by, in the formatter. What Typer says of wrong arguments is an error like any other: `main`
translates it.
"""

import re
from collections.abc import Sequence

from typer._click.core import Command, Context
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

from autogpt.locale import say, translate

WORDS = (
    "Usage: ",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "Arguments",
    "Options",
    "Commands",
    "Show this message and exit.",
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.",
)
"""Typer's own, whole, as a page shows them."""
_NOTES = re.compile(r"(.*\[)((?:default: |required).*)(\])", re.DOTALL)
"""An option's or argument's help, and what follows it in brackets."""

_TYPE = re.compile(r"(?<=\S) <(?:list\[)?(?:str|int|float|path)\]?>$")
"""Python's name of a type, which Typer puts behind an argument's own name."""


class _Page(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for word in ("[OPTIONS]", "COMMAND [ARGS]..."):
            args = args.replace(word, _word(word))
        # Typer puts its own dots behind those of the argument.
        super().write_usage(prog, args.replace("...]...", "]..."), prefix or _word("Usage: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(_word(heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_TYPE.sub("", name), _help(text)) for name, text in rows], col_max, col_spacing)


class _Context(Context):
    formatter_class = _Page


class Group(TyperGroup):
    """Commands whose pages speak the person's language throughout, and list each command with its whole sentence."""

    context_class = _Context

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of that name; its page is written as this group's is."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = self.context_class
            # Of a help text a list shows what fits into a line, of this one all.
            command.short_help = command.short_help or command.help
        return command


def _word(text: str) -> str:
    return translate(text) if text in WORDS else text


def _help(text: str) -> str:
    found = _NOTES.fullmatch(text)
    if found is None:
        return _word(text)
    return f"{found[1]}{'; '.join(map(_note, found[2].split('; ')))}{found[3]}"


def _note(text: str) -> str:
    if text == "required":
        return say("required")
    return say("default: {value}", value=text[9:]) if text.startswith("default: ") else text
