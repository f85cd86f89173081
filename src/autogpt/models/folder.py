"""A Hugging Face folder (config.json and safetensors) as a Model, run in this process by transformers."""

import importlib
import importlib.util
import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import anyio

from autogpt.core.contracts import OnText
from autogpt.core.errors import ContextFull, MissingExtra, ModelError, UsageError
from autogpt.core.hush import hush
from autogpt.core.message import Message, Profile, Reply, Request, StopReason, Usage
from autogpt.models.loopguard import LoopGuard


def open_folder(path: Path) -> "Folder":
    """Load the model in the folder. Only safetensors are read, and no code that lies in the folder is run.

    Raises UsageError for a folder that is not a causal language model with a chat template, MissingExtra when
    transformers or torch are not installed.
    """
    config = check_folder(path)
    hush()
    transformers = importlib.import_module("transformers")
    # A bar over the weights that are loaded would stand between what a run tells.
    bars, shown = transformers.utils.logging, transformers.utils.logging.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            path, trust_remote_code=False, local_files_only=True, use_safetensors=True, dtype="auto"
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise UsageError(f"{str(path)!r} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    finally:
        if shown:
            bars.enable_progress_bar()
    if not tokenizer.chat_template:
        raise UsageError(f"the tokenizer in {str(path)!r} has no chat template; give an instruct model")
    window = next((value for name in _WINDOWS if isinstance(value := config.get(name), int)), 2_048)
    return Folder(path.name, model.eval(), tokenizer, window)


def check_folder(path: Path) -> Mapping[str, object]:
    """Its configuration, if what lies there can be a model; nothing is loaded for that. Raises as `open_folder`."""
    config = _config(path)
    if not any(path.glob("tokenizer*")):
        raise UsageError(f"{str(path)!r} holds no tokenizer; copy the model's tokenizer.json into it")
    if importlib.util.find_spec("transformers") is None or importlib.util.find_spec("torch") is None:
        raise MissingExtra(f"{str(path)!r} is a Hugging Face folder; it needs: pip install 'autogpt[studio]'")
    return config


_WINDOWS = ("max_position_embeddings", "n_positions", "n_ctx")


class Folder:
    """A Model over one loaded network. One request at a time; temperature 0 takes the likeliest token.

    Without grammar: a schema is refused. Meant for checkpoints of one's own; GGUF files answer several times faster.
    """

    # The network and its tokenizer come from transformers by name, hence without types.
    def __init__(self, name: str, model: Any, tokenizer: Any, window: int) -> None:
        self._name = name
        self._model = model
        self._tokenizer = tokenizer
        self._profile = Profile(
            format="block", prefill=True, grammar=False, window=window, step_tokens=min(1_024, window // 2), small=True
        )
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def profile(self) -> Profile:
        return self._profile

    async def count(self, messages: Sequence[Message]) -> int:
        """The exact number of tokens, chat template included."""
        return len(self._prompt(messages, ""))

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Raises ContextFull before the network is asked, ModelError for tools or a schema."""
        if request.tools or request.output_schema:
            raise ModelError(f"{self.name} has neither tool calls nor a grammar; its profile says so")
        prompt = self._prompt(request.messages, request.prefill)
        if len(prompt) + request.max_tokens > self._profile.window:
            raise ContextFull(
                f"{len(prompt):,} tokens and {request.max_tokens:,} for the answer do not fit {self._profile.window:,}"
            )
        cancelled = threading.Event()
        try:
            return await anyio.to_thread.run_sync(
                self._generate, request, prompt, on_text, cancelled, abandon_on_cancel=True
            )
        finally:
            # A thread cannot be ended from outside: it looks at this after each token.
            cancelled.set()

    def _prompt(self, messages: Sequence[Message], prefill: str) -> list[int]:
        shown = [
            {"role": "user" if message.role == "tool" else message.role, "content": message.content}
            for message in messages
        ]
        text = str(self._tokenizer.apply_chat_template(shown, tokenize=False, add_generation_prompt=True))
        return cast(list[int], self._tokenizer(text + prefill, add_special_tokens=False)["input_ids"])

    def _generate(
        self, request: Request, prompt: list[int], on_text: OnText | None, cancelled: threading.Event
    ) -> Reply:
        torch = importlib.import_module("torch")
        started = time.monotonic()
        dice = torch.Generator().manual_seed(request.seed)
        ends = self._ends()
        said, tokens, stopped = "", cast(list[int], []), cast(StopReason, "length")
        past, inputs = None, torch.tensor([prompt])
        guard = LoopGuard()
        with self._turn, torch.inference_mode():
            while len(tokens) < request.max_tokens and not cancelled.is_set():
                out = self._model(input_ids=inputs, cache=past, use_cache=True, logits_to_keep=1)
                past, logits = out.cache, out.logits[0, -1].float()
                token = _pick(torch, logits, request.temperature, dice)
                if token in ends:
                    stopped = "end"
                    break
                tokens.append(token)
                inputs = torch.tensor([[token]])
                text = str(self._tokenizer.decode(tokens, skip_special_tokens=True))
                # A character may take several tokens; until it is whole it decodes to U+FFFD.
                piece, said = ("", said) if text.endswith("\ufffd") else (text[len(said) :], text)
                if any(stop and stop in said for stop in request.stop):
                    said = min((said.split(stop)[0] for stop in request.stop if stop), key=len)
                    stopped = "stop_text"
                    break
                if piece and on_text is not None:
                    on_text(piece)
                if piece and guard.looping(piece):
                    break
        usage = Usage(input_tokens=len(prompt), output_tokens=len(tokens), model_seconds=time.monotonic() - started)
        return Reply(text=request.prefill + said, usage=usage, stopped=stopped, model=self.name)

    def _ends(self) -> set[int]:
        told = cast(object, self._model.generation_config.eos_token_id)
        ids = cast(list[object], told) if isinstance(told, list) else [told, self._tokenizer.eos_token_id]
        return {end for end in ids if isinstance(end, int)}


def _pick(torch: Any, logits: Any, temperature: float, dice: Any) -> int:
    if temperature <= 0:
        return int(logits.argmax())
    return int(torch.multinomial(torch.softmax(logits / temperature, dim=-1), 1, generator=dice))


def _config(path: Path) -> Mapping[str, object]:
    try:
        config = json.loads((path / "config.json").read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{str(path)!r} holds no model: give a GGUF file, or a folder with a config.json") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path / 'config.json')!r} cannot be read: {error}") from error
    if not isinstance(config, dict) or not any(path.glob("*.safetensors")):
        raise UsageError(f"{str(path)!r} holds no safetensors; other weight files can run code and are not read")
    return cast(dict[str, object], config)
