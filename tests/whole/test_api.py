"""`from autogpt import AutoGPT`, in a script, in async code, in a notebook."""

import asyncio
import os
import signal
import threading

import pytest

import autogpt
from autogpt import AutoGPT, UsageError
from autogpt.app import App
from autogpt.core.message import Reply
from autogpt.models.scripted import Scripted
from autogpt.settings import load


def model(program: str = 'open("a.txt", "w").write("hello")'):
    async def open_model(address: str) -> Scripted:
        return Scripted(lambda request: f"```python\n{program}\n```")

    return open_model


@pytest.fixture
def agent(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    monkeypatch.chdir(tmp_path)

    def make(goal: str = "write hello to a.txt", **more: object) -> AutoGPT:
        given = {"home": tmp_path / "home", "open_model": model(), **more}
        return AutoGPT(ai_name="AutoGPT", ai_role="AI Assistant", goals=[goal], **given)

    return make


def test_a_script_gets_the_run_and_every_event_in_order(agent):
    entries = []
    run = agent(on_event=entries.append, checks=["a.txt contains hello"]).run()
    assert (run.outcome, [artifact.path for artifact in run.artifacts]) == ("complete", ["a.txt"])
    assert [entry.seq for entry in entries] == list(range(run.events))
    assert (entries[0].event.kind, entries[-1].event.kind) == ("started", "delivered")


def test_async_code_awaits_it_and_two_at_once_both_end(agent):
    async def both():
        return await asyncio.gather(agent().arun(), agent().arun())

    assert [run.outcome for run in asyncio.run(both())] == ["complete", "complete"]


def test_one_after_the_other_in_one_event_loop_leaves_it_its_threads(agent):
    async def both():
        runs = [await agent().arun(), await agent().arun()]
        return [run.outcome for run in runs], await asyncio.to_thread(lambda: "works")

    assert asyncio.run(both()) == (["complete", "complete"], "works")


def test_a_notebook_whose_event_loop_runs_already_calls_run(agent):
    async def cell():
        return agent().run()

    assert asyncio.run(cell()).outcome == "complete"


def test_ctrl_c_in_a_notebook_stops_the_run(agent, tmp_path):
    class Hangs(Scripted):
        async def reply(self, *_: object) -> Reply:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(600)
            raise AssertionError

    async def open_model(address: str) -> Hangs:
        return Hangs([])

    async def cell():
        return agent(open_model=open_model).run()

    # As a notebook's kernel, whose Ctrl-C is KeyboardInterrupt in the main thread; asyncio.run would take it over.
    # A shell has its background jobs ignore Ctrl-C, and their children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(cell())
    finally:
        loop.close()
        signal.signal(signal.SIGINT, before)
    assert [thread for thread in threading.enumerate() if thread.name == "autogpt" and thread.is_alive()] == []
    listed = asyncio.run(App(load(home=tmp_path / "home")).list())
    assert [brief.state for brief in listed] == ["stopped"]


def test_a_question_is_answered_by_a_callback_or_leaves_the_run_waiting(agent):
    goal = "summarise report.txt into summary.txt"
    assert agent(goal).run().question is not None
    words = "The report says that all is well, that nothing is late, and that the next one comes in May."
    asked = []
    run = agent(goal, on_question=lambda question: asked.append(question.question) or words, max_steps=3).run()
    assert (len(asked), run.question, run.over) == (1, None, True)


def test_what_cannot_be_used_is_a_usage_error(agent):
    with pytest.raises(UsageError, match="goal is empty"):
        agent(" ").run()
    with pytest.raises(UsageError, match="does not exist"):
        agent(workspace="/nowhere/at/all").run()


def test_who_the_agent_is_comes_before_several_goals():
    made = AutoGPT(ai_name="Ada", ai_role="an analyst", goals=["read x.csv", "write y.txt"])
    assert made.goal == "You are Ada, an analyst.\n\n1. read x.csv\n2. write y.txt"


def test_every_public_name_is_there():
    assert {name: getattr(autogpt, name) is not None for name in autogpt.__all__} == dict.fromkeys(
        autogpt.__all__, True
    )
