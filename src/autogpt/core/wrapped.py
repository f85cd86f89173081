"""A model around a model: what meters, records, waits or cuts off begins here."""

from collections.abc import Sequence

from autogpt.core.contracts import Model, OnText
from autogpt.core.message import Message, Profile, Reply, Request


class Wrapped:
    """A Model that passes everything on; who derives from it changes `reply`."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def profile(self) -> Profile:
        return self._model.profile

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        return await self._model.reply(request, on_text)

    async def count(self, messages: Sequence[Message]) -> int:
        return await self._model.count(messages)
