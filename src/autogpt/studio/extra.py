"""What the studio needs beyond the bare program, told in one sentence where it is missing."""

from importlib.util import find_spec

from autogpt.core.errors import MissingExtra
from autogpt.core.hush import hush


def require(*modules: str) -> None:
    """Raise MissingExtra, with the command that mends it, unless all the modules can be imported. Imports nothing;
    warnings that torch and torchao give at import are kept out of the terminal from here on."""
    for module in modules:
        if find_spec(module) is None:
            raise MissingExtra(f"the studio needs {module}: pip install 'autogpt[studio]'")
    hush()
