"""Where the command `autogpt` begins: language, commands, and the exit code for everything that can go wrong.

Nothing heavy is imported here or at the head of the command modules, so that `--help` answers at once.
"""

import os
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from autogpt import locale
from autogpt.core.errors import AutoGPTError, UsageError
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from autogpt.parts import OpenModel

COMPLETE, FAILED, USAGE, WAITING, CAPPED, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str], open_model: "OpenModel | None" = None) -> int:
    """Run the command line; returns the exit code. Never raises, whatever it is given.

    open_model: opens models by address instead of the usual way, for programs that bring their own.
    """
    from autogpt.cli import door

    door.open_model = open_model
    door.command = _command(arguments) if open_model else None
    _be_robust()
    locale.use(_language(arguments))
    import typer

    from autogpt.cli.commands import app

    try:
        code = app(args=_language_first(arguments), prog_name="autogpt", standalone_mode=False)
        return code if isinstance(code, int) else COMPLETE
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left (`| head`): nobody to tell anything.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except UsageError as error:
        complain(str(error))
        return USAGE
    except AutoGPTError as error:
        complain(str(error))
        return FAILED
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error))
        return FAILED
    except BaseException as error:  # the one place where a bug may be caught: it is logged whole, and told briefly
        from typer._click.exceptions import ClickException, NoArgsIsHelpError

        if isinstance(error, NoArgsIsHelpError):
            error.show()  # a page, not a line
            return USAGE
        if isinstance(error, ClickException):
            complain(error.format_message())
            return USAGE
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else FAILED
        from autogpt.cli.bug import report

        complain(report(error, studio="studio" in arguments[:3]))
        return BUG


def _command(arguments: list[str]) -> tuple[str, ...] | None:
    """How this very program was started, if these arguments are its own: it can then be started with others."""
    if not arguments or sys.orig_argv[-len(arguments) :] != arguments:
        return None
    own = sys.orig_argv[1 : -len(arguments)]
    # os.path, which takes a whole program after -c for no file rather than for an error.
    return (sys.executable, *(os.path.abspath(part) if os.path.isfile(part) else part for part in own))  # noqa: PTH100, PTH113


def complain(message: str) -> None:
    """One line for the person, on stderr, in their language."""
    from autogpt.core.text import printable

    print(say("autogpt: {message}", message=printable(translate(message))), file=sys.stderr)


def _be_robust() -> None:
    _open_closed()
    # Output that the terminal's encoding cannot carry is escaped rather than fatal.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _open_closed() -> None:
    """Open the streams that we were started without (`<&-`), on nothing.

    The next file that is opened, such as a database, would else take the number that others print to.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.fstat(number)
                continue
            # The lowest free number is this one: those below were opened just before.
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _language_first(arguments: list[str]) -> list[str]:
    """The arguments with `--lang` before the command, where it is looked for, wherever it was said.

    `run` has one of its own, which also says that a goal's language does not count.
    """
    own = command = _own(arguments)
    while command and command[0].partition("=")[0] == "--lang":
        command = command[1 if "=" in command[0] else 2 :]
    if command[:1] == ["run"]:
        return arguments
    named, others, rest = list[str](), list[str](), iter(own)
    for argument in rest:
        if argument == "--lang":
            named += [argument, *islice(rest, 1)]
        else:
            (named if argument.startswith("--lang=") else others).append(argument)
    if named[-1:] == ["--lang"]:
        raise UsageError(f"Option {named[-1]!r} requires an argument.")
    return [*named, *others, *arguments[len(own) :]]


def _own(arguments: list[str]) -> list[str]:
    """Those that are for us to read: after `--` stands what a person says, of whatever kind."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _language(arguments: list[str]) -> locale.Language:
    """`--lang`, AUTOGPT_LANG, then the system's; a goal's own language is applied once it is read."""
    named, arguments = os.environ.get("AUTOGPT_LANG", ""), _own(arguments)
    for number, argument in enumerate(arguments):
        if argument == "--lang" and number + 1 < len(arguments):
            named = arguments[number + 1]
        elif argument.startswith("--lang="):
            named = argument[7:]
    return "zh" if named == "zh" else "en" if named == "en" else locale.of_system()
