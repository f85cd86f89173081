"""The policy gradient in training: replies are drawn, judged against one another, and learned from at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from autogpt.core.errors import UsageError
from autogpt.studio.kind import Loaded
from autogpt.studio.lm.chat import prompt_ids
from autogpt.studio.lm.generate import generated
from autogpt.studio.lm.trainer import collate, label_logits
from autogpt.studio.lm.verify import Verifier
from autogpt.studio.rows import Collate, Row, Rows
from autogpt.studio.trainer import StudioTrainer

if TYPE_CHECKING:
    from datasets import Dataset
    from torch import nn
    from transformers import TrainingArguments


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn."""

    samples: int
    temperature: float
    max_new_tokens: int
    advantage: str = "rloo"
    """What a reply's reward is held against: "rloo" or "grpo", see `leave_one_out` and `by_spread`."""


class PolicyTrainer(StudioTrainer):
    """Each batch of prompts is answered by the network as it is now, so that no ratio of old and new is needed."""

    def __init__(
        self,
        loaded: Loaded,
        arguments: "TrainingArguments",
        rows: Rows,
        verifier: Verifier,
        sampling: Sampling,
        **more: Any,
    ) -> None:
        if arguments.world_size > 1:
            raise UsageError(
                "policy gradients are learned in one process; start it without --processes, torchrun or accelerate"
            )

        def gather(batch: Sequence[Row]) -> dict[str, torch.Tensor]:
            places = torch.tensor([row["place"] for row in batch])
            return {**Collate(loaded.tokenizer)(batch), "places": places}

        super().__init__(loaded.network, arguments, data_collator=gather, train_dataset=rows, **more)
        self.model_accepts_loss_kwargs = False  # the mean of a batch, not of an optimiser step
        self.rewards: list[float] = []
        """The mean reward of each batch of replies."""
        self.compared = 0
        """Prompts whose replies earned different rewards: only from these something is learned."""
        self._loaded = loaded
        self._rows = rows
        self._verifier = verifier
        self._sampling = sampling

    def train(
        self,
        resume_from_checkpoint: "str | bool | None" = None,
        trial: Any = None,
        ignore_keys_for_eval: "list[str] | None" = None,
    ) -> Any:
        """Train. Raises UsageError where all replies to each prompt earned the same, so that nothing was learned."""
        done = super().train(resume_from_checkpoint, trial, ignore_keys_for_eval)
        if not self.compared and not resume_from_checkpoint:
            raise UsageError(
                f"all replies to each prompt earned the same ({self.rewards[-1] if self.rewards else 0:g} in the last "
                "batch), so nothing was learned: give easier prompts, draw more samples or at a higher temperature, or "
                "begin with a checkpoint that was taught the form of the answers (sft)"
            )
        return done

    def compute_loss(
        self, model: "nn.Module", inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """-advantage * log p(reply), summed over the tokens of all replies and divided by their number."""
        rows = [self._rows[place] for place in inputs["places"].tolist()]
        samples = self._sampling.samples
        tokens = self._draw([row["input_ids"] for row in rows for _ in range(samples)])
        texts = self._loaded.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        answers = [row["answer"] for row in rows for _ in range(samples)]
        rewards = torch.tensor([self._verifier(text, answer) for text, answer in zip(texts, answers, strict=True)])
        self.rewards.append(float(rewards.mean()))
        advantage = by_spread if self._sampling.advantage == "grpo" else leave_one_out
        advantages = advantage(rewards.view(-1, samples)).flatten()  # (prompts * samples,)
        loss = torch.zeros((), device=inputs["input_ids"].device, requires_grad=True)
        count = sum(len(one) for one in tokens)
        for start in range(0, len(tokens), samples):  # one prompt at a time: its replies share its pass
            some = slice(start, start + samples)
            if bool(advantages[some].any()):  # where all replies are equally good there is nothing to learn
                self.compared += 1
                batch = self._batch(rows[start // samples]["input_ids"], tokens[some])
                loss = loss + self._surrogate(model, batch, advantages[some]) / count
        return (loss, {"rewards": rewards}) if return_outputs else loss

    def trial_loss(self, network: "nn.Module", inputs: dict[str, Any]) -> torch.Tensor:
        """Of the prompts as they are: replies need not be drawn to see what a pass costs."""
        tokens = {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"]}
        outputs, targets = label_logits(network, {**tokens, "labels": inputs["input_ids"]})
        return functional.cross_entropy(outputs.logits.float(), targets)

    def _draw(self, prompts: Sequence[list[int]]) -> list[list[int]]:
        """A reply to each prompt, up to its end token."""
        found = generated(
            self._loaded,
            prompts,
            do_sample=True,
            temperature=self._sampling.temperature,
            # What a base's own generation settings would add makes it another policy than the one that is learned.
            top_k=0,
            top_p=1.0,
            min_p=0.0,
            typical_p=1.0,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
            max_new_tokens=self._sampling.max_new_tokens,
        ).tolist()
        end = self._loaded.tokenizer.eos_token_id
        return [row[: row.index(end) + 1] if end in row else row for row in found]

    def _batch(self, prompt: list[int], replies: Sequence[list[int]]) -> dict[str, torch.Tensor]:
        rows = [{"input_ids": prompt + reply, "labels": [-100] * len(prompt) + reply} for reply in replies]
        batch = collate(self._loaded.tokenizer)(rows)
        return {name: value.to(self.args.device) for name, value in batch.items()}

    def _surrogate(self, model: "nn.Module", batch: dict[str, torch.Tensor], advantages: torch.Tensor) -> torch.Tensor:
        outputs, targets = label_logits(model, batch)
        # The policy that drew the replies is the one at this temperature.
        logits = outputs.logits.float() / self._sampling.temperature
        each = functional.cross_entropy(logits, targets, reduction="none")
        row = (batch["labels"][:, 1:] != -100).nonzero()[:, 0]
        return (advantages.to(each.device)[row] * each).sum()


def leave_one_out(rewards: torch.Tensor) -> torch.Tensor:
    """Each reward less the mean of the others to the same prompt. (prompts, samples) to the same shape.

    Not divided by their spread: that would make a prompt where one of eight replies fails as loud as one where half do.
    """
    samples = rewards.shape[1]
    return (rewards - rewards.mean(1, keepdim=True)) * samples / max(1, samples - 1)


def by_spread(rewards: torch.Tensor) -> torch.Tensor:
    """Each reward less the mean of all to the same prompt, divided by their spread (GRPO, Shao et al. 2024,
    arXiv:2402.03300). (prompts, samples) to the same shape.

    Replies are learned from once, so its ratio of new to old policy is always 1 and has nothing to clip.
    """
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 1e-4)


def prompts(loaded: Loaded, rows: "Dataset") -> Rows:
    """Prompts as tokens, up to where the assistant begins; with the answer where there is one.

    Of a prompt that would be longer than max_length the user's words are cut at their end.
    Raises UsageError where the chat template alone is longer.
    """
    known = rows["answer"] if "answer" in rows.column_names else [""] * len(rows)
    encoded = [_fitting(loaded, prompt) for prompt in rows["prompt"]]
    found: list[Row] = [
        {"input_ids": ids, "answer": answer, "place": at}
        for at, ((ids, _), answer) in enumerate(zip(encoded, known, strict=True))
    ]
    return Rows(found, sum(cut for _, cut in encoded))


def _fitting(loaded: Loaded, prompt: str) -> tuple[list[int], bool]:
    """A prompt's tokens, and whether it had to be cut."""
    most, tokenizer = loaded.checkpoint.max_length, loaded.tokenizer
    ids = prompt_ids(tokenizer, [{"role": "user", "content": prompt}])
    if len(ids) <= most:
        return ids, False
    words = tokenizer(prompt, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    ends = [int(end) for _, end in words["offset_mapping"]]
    keep = max(0, len(ends) - (len(ids) - most))
    while True:  # where the text is cut, its last letters may make other tokens than they made in the whole
        ids = prompt_ids(tokenizer, [{"role": "user", "content": prompt[: ends[keep - 1]] if keep else ""}])
        if len(ids) <= most:
            return ids, True
        if not keep:
            raise UsageError(
                f"the chat template alone takes {len(ids)} tokens, and max_length is {most}: raise max_length"
            )
        keep -= 1
