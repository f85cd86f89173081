"""Runs smolagents' CodeAgent on one task in the current folder. Started by `arms.Peer` in smolagents' environment.

stdin: JSON {goal, url, key, model, steps, answer_tokens}. Last line of stdout: JSON {usage, steps, outcome, detail}.
Every import is allowed and `open` is given, so that its own interpreter is in nobody's way: bubblewrap confines it.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

from smolagents import CodeAgent, OpenAIServerModel
from smolagents.monitoring import LogLevel


def main() -> None:
    brief = json.loads(sys.stdin.read())
    used = {"input_tokens": 0, "cached_tokens": 0, "output_tokens": 0}
    note = Path.cwd().parent / "peer" / "usage.jsonl"
    calls = 0

    class Metered(OpenAIServerModel):
        def generate(self, *args, **kwargs):
            nonlocal calls
            message = super().generate(*args, **kwargs)
            usage = message.raw.usage
            calls += 1
            used["input_tokens"] += usage.prompt_tokens
            used["output_tokens"] += usage.completion_tokens
            details = getattr(usage, "prompt_tokens_details", None)
            used["cached_tokens"] += getattr(details, "cached_tokens", 0) or 0
            note.write_text(json.dumps({"usage": used, "steps": calls}) + "\n")
            return message

    model = Metered(
        model_id=brief["model"],
        api_base=brief["url"],
        api_key=brief["key"],
        client_kwargs={"timeout": 3_600, "max_retries": 0},
        flatten_messages_as_text=True,
        temperature=0.0,
        max_tokens=brief["answer_tokens"],
    )
    agent = CodeAgent(
        tools=[],
        model=model,
        additional_authorized_imports=["*"],
        executor_kwargs={"additional_functions": {"open": open}},
        max_steps=brief["steps"],
        verbosity_level=LogLevel.OFF,
    )
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            result = agent.run(
                f"{brief['goal']}\n\nThe files are in the current folder; leave the results there.",
                return_full_result=True,
            )
        outcome = "complete" if result.state == "success" else "capped"
        detail = f"{result.state}: {result.output}"
    except Exception as error:
        outcome, detail = "failed", f"{type(error).__name__}: {error}"
    steps = "\n".join(
        str(step.get("code_action") or step.get("error") or "")[:600] for step in agent.memory.get_full_steps()
    )
    print(json.dumps({"usage": used, "steps": calls, "outcome": outcome, "detail": f"{detail}\n{steps}"[:6_000]}))


if __name__ == "__main__":
    main()
