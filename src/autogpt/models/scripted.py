"""A model whose answers are written beforehand: for tests, documentation and demonstrations."""

from collections.abc import Callable, Iterable, Sequence

from autogpt.core.contracts import OnText
from autogpt.core.errors import ModelError
from autogpt.core.message import Message, Profile, Reply, Request, Usage

Line = str | Reply | Exception
"""One answer: its text, the whole reply, or an error to raise."""


class Scripted:
    """A Model that says its lines in order, or whatever a function of the request says.

    Texts get plausible usage (a token per four bytes of UTF-8) and honour `prefill`, `stop` and `max_tokens`, so that
    what is tested with it behaves as with an engine; a whole Reply is handed out as it is.
    """

    def __init__(
        self,
        script: Iterable[Line] | Callable[[Request], Line],
        *,
        name: str = "scripted",
        profile: Profile | None = None,
    ) -> None:
        self._lines = None if callable(script) else iter(script)
        self._say = script if callable(script) else None
        self._name = name
        self._profile = profile or Profile(format="block", prefill=True)
        self.requests: list[Request] = []
        """Every request so far, in order."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def profile(self) -> Profile:
        return self._profile

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Say the next line. Raises the line if it is an error, ModelError when the script is at its end."""
        self.requests.append(request)
        line = self._next(request)
        if isinstance(line, Exception):
            raise line
        said = line if isinstance(line, Reply) else await self._spoken(line, request)
        if on_text is not None and said.text:
            on_text(said.text)
        return said

    async def count(self, messages: Sequence[Message]) -> int:
        return sum(4 + _tokens(message.content) for message in messages)

    def _next(self, request: Request) -> Line:
        if self._say is not None:
            return self._say(request)
        for line in self._lines or ():
            return line
        raise ModelError(f"the script of {self._name!r} is at its end after {len(self.requests) - 1} replies")

    async def _spoken(self, line: str, request: Request) -> Reply:
        text = line if line.startswith(request.prefill) else request.prefill + line
        stopped = "end"
        begun = len(request.prefill)
        ends = [at for stop in request.stop if stop and (at := text.find(stop, begun)) >= 0]
        if ends:
            text, stopped = text[: min(ends)], "stop_text"
        if _tokens(text[begun:]) > request.max_tokens:
            text, stopped = text[: begun + 4 * request.max_tokens], "length"
        usage = Usage(input_tokens=await self.count(request.messages), output_tokens=_tokens(text[begun:]))
        return Reply(text=text, usage=usage, stopped=stopped, model=self._name)


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // 4)
