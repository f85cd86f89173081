"""What cannot be used is told in one clear line; never a traceback, and nothing is lost."""

import json
import os
import sys

import pytest

from autogpt.core.message import Request


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run",), "the goal is empty"),
        (("run", "   "), "the goal is empty"),
        (("run", "x" * 300_000), "the goal has 300,000 characters, over the limit of 200,000"),
        (("run", "say \x1b[31mred"), "the goal holds '\\x1b' (character 5), which is not text; remove it"),
        (("run", "bad \udcff bytes"), "the goal holds '\\udcff' (character 5), which is not text; remove it"),
        (("run", "hi", "--check", " "), "a check is empty"),
        (("run", "hi", "--max-steps", "0"), "the limit 'steps' cannot be 0"),
        (("run", "hi", "--max-seconds", "nan"), "the limit 'seconds' cannot be nan"),
        (("run", "--task-file", "nowhere.txt"), "the task file 'nowhere.txt' cannot be read: No such file"),
        (("run", "hi", "--workspace", "/proc/nowhere"), "does not exist"),
        (("run", "hi", "--workspace", "/etc/hostname"), "is not a folder"),
        (("run", "hi", "--task-file", "x"), "either in words or with --task-file, not both"),
        (("run", "hi", "--lang", "fr"), "the setting 'lang' cannot be 'fr'"),
        (("run", "hi", "--frob"), "No such option"),
        (("show", "nope"), "no run has the id 'nope'"),
        (("resume", "../../etc"), "no run has the id '../../etc'"),
        (("export", "nope", "-f", "xml"), "the format 'xml' is not known"),
        (("frob",), "No such command 'frob'"),
        (("list", "--most", "9" * 30), "Input should be less than or equal to 1000000"),
        (("tidy", "--older-than", "inf"), "Input should be less than or equal to 36500"),
    ],
)
def test_each_is_one_line_and_exit_code_2(cli, arguments, told):
    done = cli(*arguments)
    assert (done.code, done.out, told in done.err) == (2, "", True), done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the goal is empty"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"x" * 10_000_000, "has more than 4,000,000 bytes"),
        (b'{"goal": ', "not valid JSON"),
        (b'{"goal": "x", "frob": 1}', "frob: Extra inputs are not permitted"),
        (b'{"goal": "x", "goal": "y"}', "appears twice"),
        (b'{"goal": "x", "checks": [{"kind": "frob"}]}', "checks.0"),
        (b'{"goal": "x", "limits": {"steps": -1}}', "the limit 'steps' cannot be -1"),
        (b'{"goal": "x", "attachments": ["/nowhere"]}', "the attachment '/nowhere' is not a file"),
        (b"[" * 100_000, None),
    ],
)
def test_a_task_that_cannot_be_used_says_why(cli, content, told):
    done = cli("run", "--task-file", "-", "--max-seconds", "60", stdin=content)
    assert "Traceback" not in done.err
    if told is not None:
        assert (done.code, told in done.err) == (2, True), done.err


def test_a_read_only_workspace_is_refused_before_anything_is_asked(cli, tmp_path):
    (tmp_path / "here").chmod(0o555)
    done = cli("run", "write hello to a.txt", "--workspace", ".")
    (tmp_path / "here").chmod(0o755)
    assert (done.code, done.out, "is read-only: make it writable" in done.err) == (2, "", True), done.err


def test_strange_things_in_a_workspace_stop_nothing_and_stay(cli, tmp_path):
    here = tmp_path / "here"
    os.mkfifo(here / "pipe")
    (here / "out").symlink_to("/etc/passwd")
    (here / "loop").symlink_to("loop")
    with (here / "big.bin").open("wb") as file:
        file.truncate(1 << 40)
    (here / os.fsdecode(b"bad\xff.txt")).write_text("x")
    before = {os.fsencode(path.name) for path in here.iterdir()}
    done = cli("run", "write hello to a.txt", "--workspace", ".")
    assert (done.code, (here / "a.txt").read_text().strip()) == (0, "hello"), done.err
    assert {os.fsencode(path.name) for path in here.iterdir()} == before | {b"a.txt"}


def test_an_ambiguous_id_names_what_it_could_be(cli):
    for _ in range(2):
        cli("run", "write hello to a.txt", "-q")
    done = cli("show", "2")
    assert (done.code, "could be any of" in done.err) == (2, True)


def test_a_changed_journal_is_refused_not_half_read(cli, home):
    import sqlite3

    run_id = json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"]
    with sqlite3.connect(home / "autogpt.sqlite") as store:
        store.execute("UPDATE events SET body = replace(body, 'hello', 'bye') WHERE seq = 4")
    store.close()
    for command in ("show", "replay", "export"):
        done = cli(command, run_id)
        assert (done.code, done.out, "was changed after it was written" in done.err) == (1, "", True), done.err


def test_a_home_that_is_no_database_is_left_untouched(cli, home):
    home.mkdir()
    (home / "autogpt.sqlite").write_bytes(b"something else" * 500)
    done = cli("run", "write hello to a.txt")
    assert (done.code, "not a database" in done.err) == (1, True), done.err
    assert (home / "autogpt.sqlite").read_bytes() == b"something else" * 500


def test_an_emptied_database_is_not_taken_for_a_new_one(cli, home):
    cli("run", "write hello to a.txt")
    store = home / "autogpt.sqlite"
    for file in home.glob("autogpt.sqlite*"):
        file.unlink()
    store.touch()
    for command in (["list"], ["run", "write hello to b.txt"]):
        done = cli(*command)
        assert (done.code, "is empty though runs were begun" in done.err) == (1, True), done.err
    assert store.stat().st_size == 0
    store.unlink()
    assert cli("list").code == 0


def test_one_damaged_run_hides_no_other_in_the_list(cli, home):
    import sqlite3

    ids = [json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"] for _ in range(2)]
    with sqlite3.connect(home / "autogpt.sqlite") as store:
        store.execute("UPDATE runs SET created = 'not a time' WHERE run_id = ?", ids[:1])
    store.close()
    done = cli("list")
    assert (done.code, len(done.out.splitlines())) == (0, 2)
    bad, good = (next(line for line in done.out.splitlines() if line.startswith(run_id)) for run_id in ids)
    assert "damaged" in bad
    assert "complete" in good
    assert {line["state"] for line in json.loads(cli("list", "--json").out)} == {"damaged", "complete"}


def test_a_fork_of_a_run_whose_steps_are_damaged_is_refused_with_a_way_on(cli, home):
    run_id = json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"]
    (steps,) = home.glob(f"runs/{run_id}/steps.sqlite")
    for beside in steps.parent.glob("steps.sqlite-*"):
        beside.unlink()
    steps.write_bytes(b"something else" * 500)
    done = cli("fork", run_id, "--step", "1")
    assert (done.code, "Traceback" in done.err, "--restart" in done.err) == (1, False, True), done.err
    assert cli("fork", run_id, "--restart").code == 0


def test_a_home_that_cannot_be_made_is_told(cli, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "file" / "home"))
    done = cli("run", "write hello to a.txt")
    assert (done.code, "Traceback" in done.err) == (2, False), done.err


def test_settings_in_the_workspace_do_not_choose_who_answers(cli, tmp_path):
    (tmp_path / "here" / "autogpt.toml").write_text('model = "openai-compatible@http://127.0.0.1:9/v1#x"')
    done = cli("run", "write hello to a.txt", "--workspace", ".")
    assert (done.code, "must not choose who answers" in done.err) == (2, True), done.err
    (tmp_path / "here" / "autogpt.toml").write_text('home = "/tmp/elsewhere"')
    assert "which only your own settings may" in cli("list").err


def test_a_second_run_in_a_workspace_is_refused_while_the_first_works(cli, tmp_path):
    seen = []

    def say(request: Request) -> str:
        # While this run works, another one is begun in the same folder by another process.
        if not seen:
            seen.append(os.spawnlp(os.P_WAIT, "sh", "sh", "-c", f"cd {tmp_path} && {_SECOND} 2> {tmp_path}/second.txt"))
        return '```python\nopen("a.txt", "w").write("hello")\n```'

    done = cli("run", "write hello to a.txt", "-w", ".", "--json", say=say)
    assert (done.code, seen) == (0, [2])
    assert f"run '{json.loads(done.out)['run_id']}'" in (tmp_path / "second.txt").read_text()


_SECOND = f"{sys.executable} -m autogpt run -w here 'write hello to b.txt'"


def test_a_bug_of_ours_is_told_briefly_logged_whole_and_the_run_is_kept(cli, home):
    def say(request: Request) -> str:
        raise ZeroDivisionError("a bug")

    done = cli("run", "write hello to a.txt", "--json", say=say)
    run_id = json.loads(done.out)["run_id"]
    assert (done.code, "Traceback" in done.err, f"autogpt resume {run_id}" in done.err) == (70, False, True)
    (log,) = (home / "logs").iterdir()
    assert "ZeroDivisionError: a bug" in log.read_text()
    assert cli("resume", run_id).code == 0


def test_hostile_text_from_a_model_cannot_act_on_the_terminal(cli):
    done = cli(
        "run",
        "write hello to a.txt",
        say=lambda r: '```python\nopen("a.txt","w").write("x"); print("\\x1b[2J\\u202e gone")\n```',
    )
    assert ("\x1b" in done.err, "\u202e" in done.err, "\x1b" in done.out) == (False, False, False)


def test_the_messages_are_in_chinese_where_that_is_asked(cli):
    assert "没有编号为 'nope' 的运行" in cli("--lang", "zh", "show", "nope").err
