"""Learning from a verifier: the model tries several replies, and those better than its own others become likelier."""

from typing import TYPE_CHECKING, Any

from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.kinds.causal import chat_network
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Rows


class PolicyGradient:
    """Policy gradient: a reply's reward less what others to the same prompt earned, by leaving it out (RLOO, Ahmadian
    et al. 2024, arXiv:2402.14740) or divided by their spread (GRPO, Shao et al. 2024, arXiv:2402.03300).

    Recipe options: `verifier` ("exact"; "contains", "regex", or one that is offered, see `autogpt.studio.lm.verify`),
    `advantage` ("rloo" or "grpo"), `samples` (8) replies to a prompt, `temperature` (1.0) they are drawn at,
    `max_new_tokens` (64) of a reply. The recipe's `batch` counts prompts.
    """

    rates = Rates(body=2e-6, head=2e-6, adapter=1e-4)

    network = staticmethod(chat_network)

    def trainer(
        self,
        loaded: Loaded,
        train: "Dataset",
        validation: "Dataset | None",
        recipe: "Recipe",
        arguments: dict[str, Any],
        **more: Any,
    ) -> "Trainer":
        from transformers import TrainingArguments

        from autogpt.studio.lm.policy import PolicyTrainer, Sampling, prompts
        from autogpt.studio.lm.verify import verifier_in

        options = recipe.options
        return PolicyTrainer(
            loaded,
            TrainingArguments(**arguments),
            prompts(loaded, train),
            verifier_in(options),
            Sampling(
                samples=int(str(options.get("samples", 8))),
                temperature=float(str(options.get("temperature", 1.0))),
                max_new_tokens=int(str(options.get("max_new_tokens", 64))),
                advantage=str(options.get("advantage", "rloo")),
            ),
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """The likeliest reply to each prompt."""
        from autogpt.studio.lm.policy import prompts

        return list(self._replies(loaded, prompts(loaded, rows), batch))

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """The mean of what the verifier gives the likeliest replies decides (`reward`); `solved`: the share of ones."""
        from autogpt.studio.lm.policy import prompts
        from autogpt.studio.lm.verify import verifier_in

        verifier = verifier_in(loaded.checkpoint.options)
        encoded = prompts(loaded, rows)
        replies = self._replies(loaded, encoded, batch)
        rewards = [verifier(reply, answer) for reply, answer in zip(replies, rows["answer"], strict=True)]
        on_advance(Advance(stage="evaluate", done=len(rows), total=len(rows)))
        values = {"reward": sum(rewards) / len(rewards), "solved": sum(one >= 1 for one in rewards) / len(rewards)}
        return Scores(rows=len(rows), main="reward", values=values, cut_rows=encoded.cut)

    def _replies(self, loaded: Loaded, encoded: "Rows", batch: int) -> list[str]:
        from autogpt.studio.lm.generate import replies

        most = int(str(loaded.checkpoint.options.get("max_new_tokens", 64)))
        # Drawn at a temperature to learn, asked without.
        return replies(loaded, [encoded[at]["input_ids"] for at in range(len(encoded))], batch, max_new_tokens=most)
