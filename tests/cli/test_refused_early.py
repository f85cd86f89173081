"""What can never work is refused before a run is made of it, and what the agent must not change is no workspace."""

import json
import os
import sys
import sysconfig
from pathlib import Path

import pytest

import autogpt
from autogpt.cli.main import run
from autogpt.core.message import Reply, Usage


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nosuch", "no model is known as 'nosuch'"),
        ("/nowhere.gguf", "the model file '/nowhere.gguf' cannot be read"),
        ("openai:", "lacks the model's name"),
        ("openai:gpt-4o", "needs a key: export OPENAI_API_KEY=..."),
        ("openai-compatible@http://me:hidden@host/v1#m", "a key does not belong into the address"),
        ("checkpoint:nosuch", "there is no checkpoint 'nosuch'"),
        ("./", "holds no model: give a GGUF file, or a folder with a config.json"),
        ("~nosuch/x.gguf", "'~nosuch/x.gguf' begins with '~', but nobody here has a home of that name"),
    ],
)
@pytest.mark.parametrize("option", ["--model", "--stronger-model"])
def test_a_model_that_cannot_be_opened_leaves_no_run_behind(home, capsys, monkeypatch, option, address, told):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert run(["run", "write hello to a.txt", option, address]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert "is kept" not in err
    assert "hidden" not in "".join(path.read_text(errors="replace") for path in home.rglob("*") if path.is_file())
    assert run(["list"]) == 0
    assert "no runs yet" in capsys.readouterr().out


NOBODY = "'~nosuch/x' begins with '~', but nobody here has a home of that name"


def test_an_attachment_in_the_home_of_nobody_is_refused(cli, tmp_path):
    (tmp_path / "task.json").write_text('{"goal": "write hello to a.txt", "attachments": ["~nosuch/x"]}', "utf-8")
    result = cli("run", "--task-file", str(tmp_path / "task.json"))
    assert (result.code, NOBODY in result.err) == (2, True), result


def test_an_attachment_is_not_written_where_a_link_in_the_workspace_leads(cli, tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / "note.txt").symlink_to(tmp_path / "outside.txt")
    task = {"goal": "write hello to a.txt", "attachments": [str(tmp_path / "note.txt")]}
    (tmp_path / "task.json").write_text(json.dumps(task))
    result = cli("run", "--task-file", str(tmp_path / "task.json"), "--workspace", str(workspace))
    assert (result.code, "would replace a file in the workspace" in result.err) == (2, True), result
    assert not (tmp_path / "outside.txt").exists()


@pytest.mark.parametrize("setting", ["AUTOGPT_HOME", "AUTOGPT_CACHE"])
def test_a_folder_in_the_home_of_nobody_is_refused(cli, monkeypatch, setting):
    monkeypatch.setenv(setting, "~nosuch/x")
    result = cli("list")
    assert (result.code, result.err) == (2, f"autogpt: {NOBODY}\n")


@pytest.mark.parametrize("address", ["~nosuch/x", "/" + "x" * 300])
def test_doctor_says_of_a_model_what_a_run_would(home, capsys, monkeypatch, address):
    monkeypatch.setenv("AUTOGPT_MODEL", address)
    assert run(["doctor"]) == 1
    told = capsys.readouterr().out.split(f"model {address}: ")[1].splitlines()[1].strip()
    assert run(["run", "write hello to a.txt"]) == 2
    assert capsys.readouterr().err == f"autogpt: {told}\n"


PACKAGE = Path(autogpt.__file__).parent


@pytest.mark.parametrize(
    "workspace", [PACKAGE, PACKAGE.parent, PACKAGE / "cli", Path(sysconfig.get_path("purelib")), Path(sys.prefix)]
)
def test_a_workspace_that_overlaps_our_code_is_refused_before_the_model_is_asked(cli, workspace):
    asked: list[object] = []
    result = cli("run", "write hello to a.txt", "-w", str(workspace), say=lambda request: asked.append(request) or "")
    assert (result.code, "the code that runs AutoGPT" in result.err, asked) == (2, True, [])


@pytest.mark.parametrize("place", ["", "runs", "blobs/x", "workspaces", "../own"])
def test_what_autogpt_keeps_is_no_workspace(cli, home, monkeypatch, place):
    # ../own holds the person's settings, which choose who answers the next run.
    monkeypatch.setenv("AUTOGPT_CONFIG", str(home.parent / "own" / "autogpt.toml"))
    (home / place).mkdir(parents=True, exist_ok=True)
    result = cli("run", "write hello to a.txt", "-w", str(home / place))
    assert (result.code, "give another --workspace" in result.err) == (2, True), result
    assert not (home / place / "a.txt").exists()


def test_the_workspace_of_an_earlier_run_may_be_used_again(cli, home):
    assert cli("run", "write hello to a.txt").code == 0
    (earlier,) = (home / "workspaces").iterdir()
    assert cli("run", "write hello to b.txt", "-w", str(earlier), say=lambda _: program("b.txt")).code == 0


def program(name: str) -> str:
    return f"```python\nopen({name!r}, 'w').write('hello')\n```"


def test_a_workspace_whose_name_is_not_text_is_refused(cli, tmp_path):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    result = cli("run", "write hello to a.txt", "-w", folder)
    assert (result.code, "is not UTF-8 text; rename it" in result.err) == (2, True), result


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("bad \udcff", "the answer holds '\\udcff' (character 5)"),
        ("bad \x1b[2J", "the answer holds '\\x1b' (character 5)"),
        ("x" * 30_000, "the answer has 30,000 characters"),
    ],
)
def test_an_answer_that_is_no_text_is_refused_and_the_run_waits_on(cli, answer, told):
    assert cli("run", "summarise report.txt into summary.txt", "--no-input").code == 3
    result = cli("answer", "last", answer)
    assert (result.code, told in result.err) == (2, True), result
    assert "waiting" in cli("list").out


def test_a_language_we_do_not_speak_is_said(cli):
    result = cli("--lang", "fr", "list")
    assert (result.code, result.err) == (2, "autogpt: the language 'fr' is not known; en and zh are\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "--lang", "zh"), "还没有运行"),
        (("list", "--lang=zh", "--lang", "en"), "no runs yet"),
        (("studio", "jobs", "list", "--lang=zh"), "没有作业"),
        (("studio", "data", "profile", "none.csv", "--lang", "zh"), "没有文件或文件夹"),
        (("list", "--lang"), "Option '--lang' requires an argument."),
        (("list", "--lang", "fr"), "the language 'fr' is not known"),
        (("answer", "last", "--", "--lang", "zh"), "no run has the id 'last'"),
    ],
)
def test_the_language_may_be_said_anywhere_but_in_a_persons_own_words(cli, arguments, told):
    result = cli(*arguments)
    assert told in result.out + result.err


def test_half_a_character_in_an_answer_of_the_model_is_no_bug(cli, tmp_path):
    half = Reply(text="```python\nopen('a.txt', 'w').write('hello')  # \ud83d\n```", usage=Usage(), stopped="end")
    result = cli("run", "write hello to a.txt", "-w", str(tmp_path / "here"), say=lambda request: half)
    assert (result.code, (tmp_path / "here" / "a.txt").read_text()) == (0, "hello"), result
