"""Retry, rate limit, meter, tape and the scripted model."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.action import Action
from autogpt.core.errors import AutoGPTError, ModelBusy, ModelError, UsageError
from autogpt.core.message import Message, Reply, Request, Usage
from autogpt.models.scripted import Scripted
from autogpt.models.tape import Recording, Replay
from autogpt.models.wrap import Meter, RateLimit, Retry


def asking(text: str, **more: object) -> Request:
    return Request.model_validate({"messages": [Message(role="user", content=text)], **more})


def test_a_busy_model_is_asked_again_until_it_answers():
    waits: list[float] = []
    model = Scripted([ModelBusy("full"), ModelBusy("full", after=0.02), "Yes."])
    retrying = Retry(model, first_wait=0.001, on_wait=lambda error, seconds: waits.append(seconds))
    assert anyio.run(retrying.reply, asking("?")).text == "Yes."
    assert waits[0] <= 0.001
    assert waits[1] == 0.02, "at least as long as the provider asked for"


@pytest.mark.parametrize(
    ("lines", "error", "asked"),
    [
        ([ModelBusy("full")] * 9, "full", 3),
        ([ModelError("bad key"), "never"], "bad key", 1),
        ([ModelBusy("come back tomorrow", after=86_400), "never"], "tomorrow", 1),
    ],
)
def test_retrying_has_an_end(lines, error, asked):
    model = Scripted(lines)
    with pytest.raises(ModelError, match=error):
        anyio.run(Retry(model, tries=3, first_wait=0.001).reply, asking("?"))
    assert len(model.requests) == asked


class Timeline:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def answer(self, request: Request) -> str:
        self.sent.append(self.now)
        return "x" * 400


def test_tries_that_each_take_long_do_not_add_up():
    time = Timeline()

    def silent_for_ten_minutes(request: Request) -> str:
        time.answer(request)
        time.now += 600
        raise ModelBusy("silent")

    model = Scripted(silent_for_ten_minutes)
    with pytest.raises(ModelBusy, match="silent"):
        anyio.run(Retry(model, tries=9, clock=lambda: time.now, sleep=time.sleep).reply, asking("?"))
    assert len(time.sent) == 2, "a third wait would have ended after the patience of 900 seconds"


@given(per_minute=st.integers(1, 5), count=st.integers(1, 12))
def test_no_minute_holds_more_requests_than_the_limit(per_minute, count):
    time = Timeline()
    limited = RateLimit(Scripted(time.answer), requests_per_minute=per_minute, clock=lambda: time.now, sleep=time.sleep)
    for _ in range(count):
        anyio.run(limited.reply, asking("?"))
    assert len(time.sent) == count
    for start in time.sent:
        assert sum(start <= at < start + 60 for at in time.sent) <= per_minute
    assert time.now <= 60 * (count // per_minute), "and no longer than needed"


def test_tokens_are_reserved_before_and_corrected_afterwards():
    time = Timeline()
    limited = RateLimit(Scripted(time.answer), tokens_per_minute=1_000, clock=lambda: time.now, sleep=time.sleep)
    for _ in range(8):
        anyio.run(limited.reply, asking("?", max_tokens=500))
    # A reply takes 105 tokens, 505 are reserved: five fit (4 x 105 + 505), the sixth waits for the minute to pass.
    assert time.sent == [0, 0, 0, 0, 0, 60, 60, 60]


def test_a_request_over_the_limit_by_itself_still_goes():
    time = Timeline()
    told: list[float] = []
    limited = RateLimit(
        Scripted(time.answer),
        tokens_per_minute=10,
        clock=lambda: time.now,
        sleep=time.sleep,
        on_wait=told.append,
    )
    for _ in range(2):
        anyio.run(limited.reply, asking("?", max_tokens=500))
    assert (time.sent, told) == ([0, 60], [60])


def test_a_meter_adds_up():
    usage = Usage(input_tokens=5, cached_tokens=3, output_tokens=2, cost_usd=0.5, model_seconds=1)
    meter = Meter(Scripted([Reply(text="a", usage=usage), Reply(text="b", usage=usage)]))
    for _ in range(2):
        anyio.run(meter.reply, asking("?"))
    assert meter.calls == 2
    assert meter.usage == usage + usage


def test_a_script_behaves_like_an_engine():
    model = Scripted(["ls -l\n```\nmore", "a" * 100])
    begun = anyio.run(model.reply, asking("?", prefill="```bash\n", stop=["\n```"]))
    assert (begun.text, begun.stopped) == ("```bash\nls -l", "stop_text")
    cut = anyio.run(model.reply, asking("?", max_tokens=5))
    assert (cut.text, cut.stopped) == ("a" * 20, "length")
    with pytest.raises(ModelError, match="at its end after 2 replies"):
        anyio.run(model.reply, asking("?"))


def test_a_script_may_be_a_function():
    model = Scripted(lambda request: request.messages[-1].content.upper())
    shown: list[str] = []
    assert anyio.run(model.reply, asking("hello"), shown.append).text == "HELLO"
    assert shown == ["HELLO"]


texts = st.text(max_size=40)
replies = st.builds(
    Reply,
    text=texts,
    actions=st.lists(
        st.builds(Action, id=texts, tool=texts, args=st.dictionaries(texts, texts, max_size=2)), max_size=2
    ),
    usage=st.builds(Usage, input_tokens=st.integers(0, 9**9), cost_usd=st.floats(0, 100)),
    stopped=st.sampled_from(["end", "tool", "length"]),
)


@given(said=st.lists(st.tuples(texts, replies), min_size=1, max_size=5))
def test_what_was_recorded_is_replayed(said, tmp_path_factory):
    path = tmp_path_factory.mktemp("tape") / "tape.jsonl"
    recording = Recording(Scripted([reply for _, reply in said], name="real"), path)
    recorded = [anyio.run(recording.reply, asking(question)) for question, _ in said]
    counted = [anyio.run(recording.count, asking(question).messages) for question, _ in said]
    replay = Replay(path)
    assert [anyio.run(replay.reply, asking(question)) for question, _ in said] == recorded
    assert [anyio.run(replay.count, asking(question).messages) for question, _ in said] == counted
    assert (replay.name, replay.profile) == ("real", recording.profile)


def test_a_tape_refuses_what_was_not_asked(tmp_path):
    anyio.run(Recording(Scripted(["yes"]), tmp_path / "t").reply, asking("known"))
    replay = Replay(tmp_path / "t")
    with pytest.raises(ModelError, match=r"no answer to this request \(last message 'unknown'\)"):
        anyio.run(replay.reply, asking("unknown"))
    with pytest.raises(ModelError):
        anyio.run(replay.reply, asking("known", temperature=0.5))
    assert anyio.run(replay.reply, asking("known")).text == "yes"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a tape"),
        (b"{}\n", "is not a tape"),
        (b"\xff\xfe", "is not a tape"),
        (b'{"kind":"autogpt-tape","version":99,"model":"m","profile":{}}\n', "has version 99"),
        (b'{"kind":"autogpt-tape","version":1,"model":"m","profile":{}}\n{"kind":"reply"\n', "line 2 of the tape"),
    ],
)
def test_a_damaged_tape_is_refused(tmp_path, content, words):
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        Replay(tmp_path / "t")


def test_no_tape_is_overwritten(tmp_path):
    Recording(Scripted([]), tmp_path / "t")
    with pytest.raises(AutoGPTError, match="there is a tape"):
        Recording(Scripted([]), tmp_path / "t")
