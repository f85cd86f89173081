"""`autogpt run` and what belongs to it, through the front door."""

import json
import re

import pytest

from autogpt.core.errors import ModelBusy


def write_nothing(request):
    return "I cannot."


def test_a_goal_that_is_met_exits_0_and_leaves_the_work_in_the_very_folder(cli, tmp_path):
    done = cli("run", "write", "hello", "to", "a.txt", "--workspace", str(tmp_path / "here"))
    assert (done.code, (tmp_path / "here" / "a.txt").read_text()) == (0, "hello")
    assert done.out.startswith("Complete: ")


def test_json_is_one_object_with_exactly_the_promised_keys_and_progress_goes_to_stderr(cli):
    done = cli("run", "write hello to a.txt", "--check", "a.txt contains hello", "--json")
    told = json.loads(done.out)
    assert list(told) == ["run_id", "outcome", "summary", "checks", "artifacts", "steps", "usage"]
    assert told["outcome"] == "complete"
    assert [list(check) for check in told["checks"]] == [["text", "passed", "evidence"]] * len(told["checks"])
    assert "a.txt contains 'hello'" in [check["text"] for check in told["checks"]]
    assert [artifact["path"] for artifact in told["artifacts"]] == ["a.txt"]
    assert list(told["usage"]) == [
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "cost_usd",
        "model_seconds",
        "seconds",
    ]
    assert "Goal: write hello to a.txt" in done.err


def test_the_copying_of_many_files_is_not_silent(cli, tmp_path):
    (tmp_path / "many").mkdir()
    for number in range(1_001):
        (tmp_path / "many" / f"{number}.txt").write_text(str(number))
    told = cli("run", "write hello to a.txt", "--workspace", str(tmp_path / "many"), "--lang", "zh").err
    assert "正在复制工作目录，以便恢复：1000 / 1001 个文件" in told


def test_quiet_shows_no_progress(cli):
    assert cli("run", "write hello to a.txt", "--quiet").err == ""


@pytest.mark.parametrize(
    ("arguments", "say", "code"),
    [
        (("write hello to a.txt", "--max-steps", "2"), write_nothing, 4),
        (("write hello to a.txt", "--check", "a.txt contains bye", "--max-steps", "1"), None, 4),
        (("summarise report.txt into summary.txt", "--no-input"), None, 3),
    ],
)
def test_the_exit_code_says_how_it_ended(cli, arguments, say, code):
    done = cli("run", *arguments, say=say)
    assert done.code == code, done.err


def test_a_question_is_told_with_the_command_that_answers_it_and_the_answer_goes_on(cli, tmp_path):
    asked = cli("run", "summarise report.txt into summary.txt", "--json", "--quiet")
    told = json.loads(asked.out)
    assert (asked.code, told["outcome"]) == (3, "waiting")
    assert told["summary"] in asked.err
    assert f"autogpt answer {told['run_id']}" in asked.err

    def say(request):
        return "The report says that all is well, that nothing is late, and that the next one comes in May."

    done = cli("answer", told["run_id"][:-2], "it says that all is well", "--json", say=say)
    assert json.loads(done.out)["outcome"] == "complete", done.err
    assert done.code == 0


def test_a_busy_model_keeps_the_run_and_resume_goes_on(cli):
    busy = cli("run", "write hello to a.txt", "--json", say=lambda request: ModelBusy("too many requests"))
    run_id = json.loads(busy.out)["run_id"]
    assert (busy.code, json.loads(busy.out)["outcome"]) == (1, "busy")
    assert f"autogpt resume {run_id}" in busy.err
    assert cli("resume", run_id).code == 0


def test_a_task_file_may_be_words_or_json_and_may_come_from_stdin(cli, tmp_path):
    (tmp_path / "words.txt").write_text("write hello to a.txt")
    (tmp_path / "note.txt").write_text("a note")
    task = {
        "goal": "write hello to a.txt",
        "checks": ["a.txt contains hello", {"kind": "file_exists", "path": "note.txt"}],
        "limits": {"steps": 3},
        "attachments": [str(tmp_path / "note.txt")],
    }
    assert cli("run", "--task-file", str(tmp_path / "words.txt")).code == 0
    done = cli("run", "--task-file", "-", "--json", stdin=json.dumps(task).encode())
    told = json.loads(done.out)
    assert (
        done.code,
        {check["text"] for check in told["checks"]} >= {"a.txt contains 'hello'", "note.txt exists"},
    ) == (
        0,
        True,
    )


def test_a_chinese_goal_is_reported_in_chinese_unless_asked_otherwise(cli):
    assert (
        "已完成"
        in cli("run", "把你好写入 a.txt", say=lambda r: '```python\nopen("a.txt","w").write("你好，世界")\n```').out
    )
    assert "Workspace: " in cli("--lang", "en", "run", "把你好写入 a.txt", "--lang", "en").out


def test_the_end_of_a_run_is_the_same_in_show_replay_and_export(cli, tmp_path):
    run_id = json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"]
    shown = cli("show", run_id).out
    replayed = cli("replay", run_id).out
    assert shown.startswith(replayed)
    exported = json.loads(cli("export", run_id).out)
    assert [entry["event"]["kind"] for entry in exported["entries"]][0 :: len(exported["entries"]) - 1] == [
        "started",
        "delivered",
    ]
    report = cli("export", run_id, "-f", "md", "-o", str(tmp_path / "report.md"))
    assert report.code == 0
    assert "- [x] a.txt exists" in (tmp_path / "report.md").read_text()
    assert json.loads(cli("list", "--json").out)[0]["state"] == "complete"


def test_a_fork_begins_where_it_is_told_and_leaves_its_parent_alone(cli, home):
    run_id = json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"]
    before = cli("export", run_id).out
    forked = cli(
        "fork", run_id, "--step", "1", "--json", say=lambda r: '```python\nopen("a.txt","w").write("bye")\n```'
    )
    told = json.loads(forked.out)
    assert (forked.code, told["run_id"] != run_id) == (0, True)
    assert (home / "workspaces" / told["run_id"] / "a.txt").read_text() == "bye"
    assert (home / "workspaces" / run_id / "a.txt").read_text() == "hello"
    assert cli("export", run_id).out == before
    assert cli("fork", run_id, "--restart", "--quiet").code == 0


def test_undo_puts_the_folder_of_a_finished_run_back(cli, home):
    run_id = json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"]
    assert cli("undo", run_id).code == 0
    assert not (home / "workspaces" / run_id / "a.txt").exists()


def test_undo_leaves_what_a_person_did_since(cli, home):
    run_id = json.loads(cli("run", "write hello to a.txt", "--json").out)["run_id"]
    place = home / "workspaces" / run_id
    (place / "mine.txt").write_text("mine")
    (place / "a.txt").write_text("hello, edited")
    refused = cli("undo", run_id)
    assert (refused.code, (place / "a.txt").read_text()) == (2, "hello, edited")
    assert "because a.txt changed since the run was over" in refused.err
    (place / "a.txt").write_text("hello")
    assert cli("undo", run_id).out == "put back: 1 file\n  a.txt\n"
    assert [path.name for path in place.iterdir()] == ["mine.txt"]
    assert cli("undo", run_id, "--force").out == "put back: 1 file\n  mine.txt\n"


def test_a_report_can_be_read_by_who_has_never_seen_the_tool(cli):
    cli("run", "把 hello 写入 a.txt", "--quiet")
    report = cli("export", "last", "-f", "md").out
    assert re.search(r"- 开始: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n- 用时: \d+ s\n", report)
    assert "- [x] a.txt 存在\n" in report.replace("\\", "")
    assert "\n### 第 1 步: " in report
    assert "→ 下一项: 全部检查通过" in report
    assert "$0.0000" not in report, "what a model costs is not known"


def test_one_of_a_thing_is_told_in_the_singular(cli, tmp_path):
    task = tmp_path / "task.json"
    task.write_text('{"goal": "write hello to a.txt", "checks": ["a.txt exists"]}')
    ended = cli("run", "--task-file", str(task), "--quiet")
    assert "Complete: the one check passes." in ended.out
    assert re.search(r"Run \S+: 1 step, ", ended.out)
    assert cli("undo", "last").out == "put back: 1 file\n  a.txt\n"
    assert cli("undo", "last").out.startswith("nothing to put back: no file changed")
    unmet = cli("run", "write hello to b.txt", "--max-steps", "1", "--quiet")
    assert "Stopped at the limit (1 step): 0 of 1 check passes." in unmet.out


def test_a_fork_from_the_second_step_does_not_repeat_the_first(cli, home):
    asked = []

    def say(request):
        asked.append(request)
        program = "open('half.txt', 'w').write('x')" if len(asked) == 1 else "open('a.txt', 'w').write('hello')"
        return f"```python\n{program}\n```"

    run_id = json.loads(cli("run", "write hello to a.txt", "--json", say=say).out)["run_id"]
    assert len(asked) == 2
    done = cli("fork", run_id, "--step", "2", "--json", say=say)
    told = json.loads(done.out)
    assert (done.code, told["steps"], len(asked)) == (0, 2, 3), done.err
    parent, child = (json.loads(cli("export", name).out)["entries"] for name in (run_id, told["run_id"]))
    assert child[0]["event"]["parent"] == run_id
    turn = [entry["event"]["kind"] for entry in parent].index("observed")
    same = [entry["event"] for entry in parent[1 : turn + 1] if entry["event"]["kind"] != "decided"]
    assert [entry["event"] for entry in child[1 : turn + 1] if entry["event"]["kind"] != "decided"] == same
