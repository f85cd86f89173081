"""Answers from an exported ONNX folder with ONNX Runtime and the tokenizer alone: neither torch nor transformers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import MissingExtra, UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.export.onnxtexts import DECODER, ENCODER, Answering, fills
from autogpt.studio.kinds.history import best_new, text_of
from autogpt.studio.kinds.pieces import Pieces, split_words
from autogpt.studio.kinds.pixels import Pixels
from autogpt.studio.kinds.tokens import is_bio, tagged

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

GRAPH = "model.onnx"


def graphs_of(folder: Path) -> tuple[str, ...]:
    """The graphs that an exported folder must hold."""
    return (ENCODER, DECODER) if (folder / ENCODER).is_file() or (folder / DECODER).is_file() else (GRAPH,)


class OnnxModel:
    """A model of any task but chats and rewards, from a folder of `write_onnx`. Several threads may ask it."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        """threads: that compute one answer; 0: chosen by ONNX Runtime.

        Raises UsageError for a folder that is no export, MissingExtra without onnxruntime and tokenizers.
        """
        if missing := [name for name in graphs_of(folder) if not (folder / name).is_file()]:
            raise UsageError(
                f"{str(folder)!r} holds no {missing[0]}; `autogpt studio export --format onnx` makes such a folder"
            )
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtra("ONNX models need: pip install onnxruntime tokenizers") from error
        self.checkpoint = read_checkpoint(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")

        def open_graph(name: str) -> Any:
            return onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])

        self._items: list[NDArray[Any]] = []
        if self.checkpoint.task != "seq2seq":
            self._session = open_graph(GRAPH)
        if self.checkpoint.task == "image-classification":
            self._pixels = Pixels.read(folder)
            return
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self._pad = int(config["pad_token_id"])
        self._thresholds = [float(one) for one in config.get("thresholds") or [0.5] * len(self.checkpoint.labels)]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        if self.checkpoint.task == "seq2seq":
            self._answering = Answering(open_graph, self._tokenizer, config)
            return
        self._mask = int(config.get("mask_token_id", -1))
        self._tokenizer.enable_truncation(self.checkpoint.max_length)
        self._pieces = Pieces(cast(Any, _Plain(folder / "tokenizer.json", int(config["unk_token_id"]))))

    def predict(self, inputs: Sequence[Any], batch: int = 32) -> list[JsonValue]:
        """One answer for each input, in the words of `evaluate.predict`.

        inputs: texts; for pairs mappings with `text` and `text_pair`; for token classification texts or lists of words;
        for recommendation mappings with `history`, for images paths or mappings with `image`.
        Raises UsageError for an input the task cannot read.
        """
        match self.checkpoint.task:
            case "token-classification":
                sentences = [_words(one) for one in inputs]
                return [self._tagged(words, logits) for words, logits in self._by_word(sentences, batch)]
            case "embedding":
                return self._vectors(inputs, batch)
            case "recommendation":
                return self._next(inputs, batch)
            case "image-classification":
                return [self._single(logits) for logits in self._by_image(inputs, batch)]
            case "masked-lm":
                return self._filled(inputs, batch)
            case "seq2seq":
                texts = [self._text(one) for one in inputs]
                return self._answering.answers(cast(list[str], texts), self.checkpoint.max_length, batch)
            case "multi-label":
                return [self._several(logits) for logits in self._by_text(inputs, batch)]
            case _:
                return [self._single(logits) for logits in self._by_text(inputs, batch)]

    def _vectors(self, inputs: Sequence[Any], batch: int) -> list[JsonValue]:
        vectors = list(self._by_text(inputs, batch))
        answers: list[dict[str, JsonValue]] = [{"vector": cast(JsonValue, vector.tolist())} for vector in vectors]
        others = [one.get("text_pair") if isinstance(one, Mapping) else None for one in inputs]
        if others and all(isinstance(other, str) for other in others):
            for answer, vector, other in zip(answers, vectors, self._by_text(others, batch), strict=True):
                answer["similarity"] = float((vector * other).sum())
        return list(answers)

    def _filled(self, inputs: Sequence[Any], batch: int) -> list[JsonValue]:
        texts = [self._text(one) for one in inputs]
        encoded = [one.ids for one in self._tokenizer.encode_batch(texts)]
        found = zip(encoded, self._by_text(inputs, batch), strict=True)
        return [fills(self._tokenizer, ids, logits, self._mask) for ids, logits in found]

    def _next(self, inputs: Sequence[Any], batch: int) -> list[JsonValue]:
        """The likeliest new items after each history."""
        import numpy

        items = self.checkpoint.labels
        self._items = self._items or list(self._by_text(items, batch))
        histories = [_history(one) for one in inputs]
        answers: list[JsonValue] = []
        for history, asked in zip(histories, self._by_text([text_of(one) for one in histories], batch), strict=True):
            likeness = numpy.stack(self._items) @ asked
            best = best_new((-likeness).argsort(kind="stable").tolist(), items, set(history))
            told = [{"item": items[place], "score": round(float(likeness[place]), 6)} for place in best]
            answers.append({"items": cast(JsonValue, told)})
        return answers

    def _by_image(self, inputs: Sequence[Any], batch: int) -> "Iterator[NDArray[Any]]":
        import numpy

        paths = [_path_of(one) for one in inputs]
        for start in range(0, len(paths), batch):
            images = numpy.stack([self._pixels.decode(path) for path in paths[start : start + batch]])
            given = {"pixel_values": self._pixels.values(images)}
            yield from cast("NDArray[Any]", self._session.run(["logits"], given)[0])

    def _single(self, logits: "NDArray[Any]") -> JsonValue:
        chances = _softmax(logits)
        scores = {label: round(float(chance), 6) for label, chance in zip(self.checkpoint.labels, chances, strict=True)}
        best = self.checkpoint.labels[int(chances.argmax())]
        return {"label": best, "score": scores[best], "scores": cast(JsonValue, scores)}

    def _several(self, logits: "NDArray[Any]") -> JsonValue:
        import numpy

        chances = 1 / (1 + numpy.exp(-logits))
        labels = self.checkpoint.labels
        scores = {label: round(float(chance), 6) for label, chance in zip(labels, chances, strict=True)}
        over = [label for label, least in zip(labels, self._thresholds, strict=True) if scores[label] >= least]
        return {"labels": cast(JsonValue, over), "scores": cast(JsonValue, scores)}

    def _tagged(self, words: Sequence[str], logits: "NDArray[Any]") -> JsonValue:
        labels = self.checkpoint.labels
        chances = _softmax(logits)
        path = _path(chances, labels) if words else []
        tags = [labels[place] for place in path]
        sure = [float(chances[at, place]) for at, place in enumerate(path)]
        return tagged(words, tags, sure)

    def _by_text(self, inputs: Sequence[Any], batch: int) -> "Iterator[NDArray[Any]]":
        texts = [self._text(one) for one in inputs]
        for start in range(0, len(texts), batch):
            encoded: list[Encoding] = self._tokenizer.encode_batch(texts[start : start + batch])
            yield from self._run([one.ids for one in encoded], [one.type_ids for one in encoded])

    def _by_word(
        self, sentences: Sequence[Sequence[str]], batch: int
    ) -> "Iterator[tuple[Sequence[str], NDArray[Any]]]":
        import numpy

        seen = [numpy.zeros((len(words), len(self.checkpoint.labels)), numpy.float32) for words in sentences]
        most = self.checkpoint.max_length
        windows = [(at, window) for at, words in enumerate(sentences) for window in self._pieces.windows(words, most)]
        for start in range(0, len(windows), batch):
            some = windows[start : start + batch]
            logits = self._run([window.ids for _, window in some], [[0] * len(window.ids) for _, window in some])
            for row, (at, window) in enumerate(some):
                for word in window.keep:
                    seen[at][word] = logits[row, window.places[word - window.start]]
        yield from zip(sentences, seen, strict=True)

    def _run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> "NDArray[Any]":
        """Logits: (rows, labels), or (rows, tokens, labels)."""
        import numpy

        longest = max(len(row) for row in ids)
        feed = {
            "input_ids": [[*row, *[self._pad] * (longest - len(row))] for row in ids],
            "attention_mask": [[1] * len(row) + [0] * (longest - len(row)) for row in ids],
            "token_type_ids": [[*row, *[0] * (longest - len(row))] for row in types],
        }
        names = [node.name for node in self._session.get_inputs()]
        given = {name: numpy.array(feed[name], numpy.int64) for name in names}
        return cast("NDArray[Any]", self._session.run(["logits"], given)[0])

    def _text(self, one: Any) -> str | tuple[str, str]:
        if isinstance(one, str) and self.checkpoint.task != "text-pair":
            return one
        if isinstance(one, Mapping):
            given = cast(Mapping[str, object], one)
            text, other = given.get("source" if self.checkpoint.task == "seq2seq" else "text"), given.get("text_pair")
            if isinstance(text, str) and self.checkpoint.task != "text-pair":
                return text
            if isinstance(text, str) and isinstance(other, str):
                return text, other
        wanted = "a mapping with text and text_pair" if self.checkpoint.task == "text-pair" else "a text"
        raise UsageError(f"{self.checkpoint.task} reads {wanted}, not {str(one)[:80]!r}")


class _Plain:
    """A tokenizer as `Pieces` uses it, without transformers."""

    def __init__(self, file: Path, unknown: int) -> None:
        from tokenizers import Tokenizer

        self.backend_tokenizer: Tokenizer = Tokenizer.from_file(str(file))
        self.backend_tokenizer.no_padding()
        self.backend_tokenizer.no_truncation()
        self.unk_token_id = unknown

    def convert_tokens_to_ids(self, token: str) -> int:
        found = self.backend_tokenizer.token_to_id(token)
        return self.unk_token_id if found is None else found

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        return {"input_ids": self.backend_tokenizer.encode(text, add_special_tokens=add_special_tokens).ids}


def _words(one: Any) -> list[str]:
    if isinstance(one, Mapping):
        given = cast(Mapping[str, object], one)
        one = given.get("tokens", given.get("text"))
    if isinstance(one, str):
        return split_words(one)
    if isinstance(one, Sequence) and all(isinstance(word, str) for word in cast(Sequence[object], one)):
        return list(cast(Sequence[str], one))
    raise UsageError(f"token-classification reads a text or a list of words, not {str(one)[:80]!r}")


def _history(one: Any) -> list[str]:
    history = cast(Mapping[str, object], one).get("history") if isinstance(one, Mapping) else None
    if not isinstance(history, Sequence) or isinstance(history, str):
        raise UsageError(f"recommendation reads a mapping with history, a list of items, not {str(one)[:80]!r}")
    return [str(item) for item in cast(Sequence[object], history)]


def _path_of(one: Any) -> Path:
    given = cast(Mapping[str, object], one).get("image") if isinstance(one, Mapping) else one
    if not isinstance(given, str):
        raise UsageError(f"image-classification reads the path of an image, not {str(one)[:80]!r}")
    return Path(given)


def _softmax(logits: "NDArray[Any]") -> "NDArray[Any]":
    import numpy

    powers = numpy.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _path(chances: "NDArray[Any]", labels: Sequence[str]) -> list[int]:
    """The likeliest tags (words, tags) in which no entity goes on that was not begun (Viterbi's algorithm)."""
    import numpy

    scores = numpy.log(numpy.maximum(chances, 1e-12))
    if not is_bio(labels):
        return scores.argmax(-1).tolist()
    begun = [[not tag.startswith("I-") or old in (f"B-{tag[2:]}", tag) for tag in labels] for old in [*labels, "O"]]
    moves = numpy.where(numpy.array(begun), 0.0, -1e4)
    best, back = scores[0] + moves[-1], list[Any]()
    for step in scores[1:]:
        through = best[:, None] + moves[:-1]
        back.append(through.argmax(0))
        best = through.max(0) + step
    path = [int(best.argmax())]
    for at in reversed(back):
        path.append(int(at[path[-1]]))
    return path[::-1]
