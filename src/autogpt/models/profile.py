"""How to get the best out of each model. Measured where it says so; an unknown model gets a safe guess."""

from autogpt.core.message import Profile

EMBEDDED_WINDOW = 16_384
"""Tokens. Qwen was trained for 32,768; the prefix memory of 16,384 takes 450 MiB, and longer prompts take minutes."""

HOSTED = Profile(format="native", prefill=False, grammar=True, window=128_000, step_tokens=8_192, small=False)

UNKNOWN_GGUF = Profile(
    format="block", prefill=True, grammar=True, window=EMBEDDED_WINDOW, step_tokens=1_024, small=True
)

_KNOWN = {
    # Code blocks with a begun answer solved 4 of 6 tasks, JSON actions 1, native tool calls 0 (temperature 0).
    # One query at temperature 0 did what was wanted in 67 of 97 goals on tables, for half of a program's tokens.
    # A command line program of a hundred lines takes 900 tokens; an answer without end is cut before by the loop guard.
    "qwen2.5-coder-1.5b": Profile(
        format="block", prefill=True, grammar=True, window=EMBEDDED_WINDOW, step_tokens=1_400, queries=True, small=True
    ),
    "smollm2-135m": Profile(format="block", prefill=True, grammar=True, window=8_192, step_tokens=400, small=True),
}


def profile_for(name: str) -> Profile:
    """The profile of a model on the shelf, or the guess for a GGUF file nobody measured."""
    return _KNOWN.get(name, UNKNOWN_GGUF)
