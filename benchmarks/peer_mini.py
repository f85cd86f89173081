"""Runs mini-swe-agent on one task in the current folder. Started by `arms.Peer` in mini-swe-agent's environment.

stdin: JSON {goal, url, key, model, steps, answer_tokens}. Last line of stdout: JSON {usage, steps, outcome, detail}.
Its own text-based configuration is used as it comes (`mini_textbased.yaml`): the embedded model makes no tool calls.
"""

import json
import os
import sys
from pathlib import Path

os.environ["MSWEA_SILENT_STARTUP"] = "1"
os.environ["MSWEA_COST_TRACKING"] = "ignore_errors"
os.environ["MSWEA_MODEL_RETRY_STOP_AFTER_ATTEMPT"] = "1"
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for prices

import yaml
from minisweagent import package_dir
from minisweagent.agents.default import DefaultAgent
from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.litellm_textbased_model import LitellmTextbasedModel


def main() -> None:
    brief = json.loads(sys.stdin.read())
    used = {"input_tokens": 0, "cached_tokens": 0, "output_tokens": 0}
    note = Path.cwd().parent / "peer" / "usage.jsonl"
    calls = 0

    class Metered(LitellmTextbasedModel):
        def _query(self, messages, **kwargs):
            nonlocal calls
            response = super()._query(messages, **kwargs)
            calls += 1
            used["input_tokens"] += response.usage.prompt_tokens
            used["output_tokens"] += response.usage.completion_tokens
            details = getattr(response.usage, "prompt_tokens_details", None)
            used["cached_tokens"] += getattr(details, "cached_tokens", 0) or 0
            note.write_text(json.dumps({"usage": used, "steps": calls}) + "\n")
            return response

    config = yaml.safe_load((package_dir / "config" / "mini_textbased.yaml").read_text())
    config["agent"].pop("mode")  # of its interactive agent
    config["agent"] |= {"step_limit": brief["steps"], "cost_limit": 0}
    config["model"]["model_kwargs"] |= {
        "api_base": brief["url"],
        "api_key": brief["key"],
        "temperature": 0.0,
        "max_tokens": brief["answer_tokens"],
        "timeout": 3_600,
    }
    model = Metered(model_name=f"openai/{brief['model']}", cost_tracking="ignore_errors", **config["model"])
    agent = DefaultAgent(model, LocalEnvironment(cwd=str(Path.cwd()), **config["environment"]), **config["agent"])
    try:
        status = agent.run(brief["goal"]).get("exit_status", "")
    except Exception as error:
        status = f"{type(error).__name__}: {error}"
    outcome = {"Submitted": "complete", "LimitsExceeded": "capped"}.get(status, "failed")
    said = "\n".join(f"[{m.get('role')}] {str(m.get('content'))[:700]}" for m in agent.messages[2:])
    print(json.dumps({"usage": used, "steps": calls, "outcome": outcome, "detail": f"{status}\n{said}"[:6_000]}))


if __name__ == "__main__":
    main()
