"""Room is given back only for runs that are over for good, and for folders that nobody but the runs knew."""

from datetime import timedelta

import pytest

from autogpt.core.errors import UsageError
from autogpt.core.task import Task
from autogpt.parts import Home, open_shared
from autogpt.runs.ending import end
from autogpt.runs.spec import RunSpec, now, sub_id
from autogpt.settings import Settings
from autogpt.tidy import tidy

pytestmark = pytest.mark.anyio
NEVER, AT_ONCE = timedelta(days=1), timedelta(0)


@pytest.fixture
async def place(tmp_path):
    settings = Settings(home=tmp_path / "home")
    home = Home(settings.home)
    home.root.mkdir()
    return home, (await open_shared(settings, home)).journal


def begun(home: Home, run_id: str, content: str) -> RunSpec:
    root = home.workspaces / run_id
    root.mkdir(parents=True)
    (root / "a.txt").write_text(content)
    spec = RunSpec(
        run_id=run_id,
        task=Task(goal="write a.txt"),
        workspace=str(root),
        model="none",
        version="1",
        workflow=run_id,
        snapshot=home.workspace(root).snapshot(),
        created=now(),
    )
    home.run(run_id).write(spec)
    return spec


async def test_the_folder_of_a_sub_run_goes_when_its_run_is_over_too(place):
    home, journal = place
    whole = begun(home, "20260101-000000-aaaaaa", "whole")
    sub = begun(home, sub_id(whole.run_id, 3, 1), "sub")
    await end(journal, sub, "complete", "done")
    tidied = await tidy(home, journal, now() - AT_ONCE)
    assert (tidied.folders, (home.workspaces / sub.run_id).exists()) == (0, True)
    await end(journal, whole, "complete", "done")
    assert (await tidy(home, journal, now() - NEVER)).folders == 0
    tidied = await tidy(home, journal, now() - AT_ONCE)
    assert (tidied.folders, tidied.bytes) == (1, 3)
    assert not (home.workspaces / sub.run_id).exists()
    assert (home.workspaces / whole.run_id / "a.txt").read_text() == "whole"


async def test_snapshots_of_runs_that_are_not_over_stay(place):
    home, journal = place
    over, open_ = begun(home, "20260101-000000-aaaaaa", "over"), begun(home, "20260101-000001-bbbbbb", "open")
    await end(journal, over, "failed", "no")
    await tidy(home, journal, now())
    (home.workspaces / open_.run_id / "a.txt").write_text("changed")
    assert home.workspace(home.workspaces / open_.run_id).restore(open_.snapshot) == ("a.txt",)
    with pytest.raises(Exception, match="tidied away"):
        home.workspace(home.workspaces / over.run_id).restore(over.snapshot)


async def test_nothing_is_tidied_beside_a_run_at_work(place):
    home, journal = place
    spec = begun(home, "20260101-000000-aaaaaa", "over")
    await end(journal, spec, "complete", "done")
    with home.lock(home.workspaces / spec.run_id, spec.run_id), pytest.raises(UsageError, match="at work"):
        await tidy(home, journal, now())
