"""Answers of a language model: prompts of like length side by side, one text each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.studio.kind import Loaded
from autogpt.studio.rows import in_batches

if TYPE_CHECKING:
    import torch

NEW_TOKENS = 128


def generate(loaded: Loaded, prompts: Sequence[Sequence[int]], batch: int) -> list[str]:
    """One text for each prompt, in their order.

    Options of the checkpoint's recipe: `max_new_tokens` (128), `temperature` (0: always the likeliest token), `top_p`.
    """
    options = loaded.checkpoint.options
    temperature = float(str(options.get("temperature", 0.0)))
    how: dict[str, Any] = {
        "do_sample": temperature > 0,
        "max_new_tokens": int(str(options.get("max_new_tokens", NEW_TOKENS))),
    }
    if temperature > 0:
        how |= {"temperature": temperature, "top_p": float(str(options.get("top_p", 1.0))), "top_k": 0}
    return replies(loaded, prompts, batch, **how)


def replies(loaded: Loaded, prompts: Sequence[Sequence[int]], batch: int, **how: Any) -> list[str]:
    """One text for each prompt, in their order. how: arguments of transformers' `generate`."""
    answers = [""] * len(prompts)
    for places in in_batches([len(prompt) for prompt in prompts], batch):
        tokens = generated(loaded, [prompts[place] for place in places], **{"do_sample": False, **how})
        for place, text in zip(places, loaded.tokenizer.batch_decode(tokens, skip_special_tokens=True), strict=True):
            answers[place] = str(text)
    return answers


def room(loaded: Loaded, longest: int, most: int) -> int:
    """How many tokens may follow a prompt of so many: at most `most`, and as many as the network has places for.

    Raises UsageError for a prompt that leaves no place.
    """
    places = getattr(loaded.network.config, "max_position_embeddings", None)
    if not isinstance(places, int):
        return most
    if longest >= places:
        raise UsageError(f"the prompt has {longest:,} tokens, and the model room for {places:,}; make it shorter")
    return min(most, places - longest)


def generated(loaded: Loaded, prompts: Sequence[Sequence[int]], **how: Any) -> "torch.Tensor":
    """New tokens (prompts, at most max_new_tokens) after each prompt; after the end token there is only padding."""
    import torch

    network: Any = loaded.network
    pad = loaded.tokenizer.pad_token_id
    longest = max(len(prompt) for prompt in prompts)
    how = {**how, "max_new_tokens": room(loaded, longest, int(how.get("max_new_tokens", NEW_TOKENS)))}
    # A decoder goes on where the row ends, so rows are filled up on the left.
    ids = torch.tensor([[*[pad] * (longest - len(prompt)), *prompt] for prompt in prompts])
    mask = torch.tensor([[*[0] * (longest - len(prompt)), *[1] * len(prompt)] for prompt in prompts])
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        out = network.generate(
            input_ids=ids.to(network.device),
            attention_mask=mask.to(network.device),
            pad_token_id=pad,
            eos_token_id=loaded.tokenizer.eos_token_id,
            use_cache=True,
            **how,
        )
    network.train(was_training)
    return out[:, longest:].cpu()
