"""A checkpoint that labels texts is a tool of the agent once the person offers it."""

import json

import pytest
from test_export import checkpoint
from test_onnx import BIO, encoder

from autogpt.checkpoint_tools import offer, offered_tools, withdraw
from autogpt.checkpoints import answering_model
from autogpt.cli.main import run
from autogpt.core.action import Action
from autogpt.core.errors import UsageError
from autogpt.core.message import Profile, Reply
from autogpt.models.scripted import Scripted


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def label_then_write(request):
    """A model that asks the tool, then writes what it was told into a file."""
    seen = [message.content for message in request.messages if message.role == "tool"]
    if not request.tools:
        return "Nothing to add."
    if not seen:
        return Reply(actions=(Action(id="a1", tool="which_mood", args={"text": "I am very happy."}),))
    return Reply(actions=(Action(id="a2", tool="write_file", args={"path": "mood.txt", "content": seen[0]}),))


def test_a_run_can_call_a_checkpoint_and_work_with_what_it_says(home, tmp_path, capsys):
    encoder(home / "checkpoints" / "moods", "text-classification", ("sad", "merry"))
    offer(home, "moods", "Says in which mood a text was written.", "which_mood")
    model = Scripted(label_then_write, profile=Profile(format="native"))

    async def open_model(address):
        return model

    goal = [
        "run",
        "write the mood of the text to mood.txt",
        "--workspace",
        str(tmp_path / "here"),
        "--json",
        "--no-input",
    ]
    answer = answering_model(home, "moods").predict(["I am very happy."])[0]
    code = run([*goal, "--check", f"mood.txt contains {answer['label']}"], open_model)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["outcome"]) == (0, "complete"), told
    assert (tmp_path / "here" / "mood.txt").read_text().strip() == f"{answer['label']} ({answer['score']:.2f})"
    shown = next(tool for request in model.requests for tool in request.tools if tool.name == "which_mood")
    assert shown.description == "Says in which mood a text was written. It can say: sad, merry."
    assert shown.parameters["required"] == ["text"]


def test_what_is_offered_is_listed_and_can_be_withdrawn(home, capsys):
    encoder(home / "checkpoints" / "who.is-it", "token-classification", BIO)
    offer(home, "who.is-it", "Finds people\nand places.")
    tool = offered_tools(home)[0]
    assert (tool.name, tool.effects.effect, tool.effects.reads, tool.effects.runs_code) == (
        "label_who_is_it",
        "none",
        "none",
        False,
    )
    assert tool.description == "Finds people and places. It can say: PER, LOC."
    assert run(["tools", "--json"]) == 0
    assert "label_who_is_it" in [line["name"] for line in json.loads(capsys.readouterr().out)]
    withdraw(home, "who.is-it")
    assert offered_tools(home) == ()
    with pytest.raises(UsageError, match="is not offered"):
        withdraw(home, "who.is-it")


@pytest.mark.parametrize(
    ("name", "about", "tool", "message"),
    [
        ("little", "Says things.", "", "'little' is for sft; tools can be made for"),
        ("gone", "Says things.", "", "there is no checkpoint 'gone'"),
        ("moods", " ", "", "say in one sentence"),
        ("moods", "Says things.", "write_file", "cannot be called 'write_file': it is taken"),
        ("moods", "Says things.", "two words", "cannot be called 'two words'"),
    ],
)
def test_what_cannot_be_offered_says_why(home, name, about, tool, message):
    encoder(home / "checkpoints" / "moods", "text-classification", ("sad", "merry"))
    checkpoint(home / "checkpoints" / "little")
    with pytest.raises(UsageError, match=message):
        offer(home, name, about, tool)
    assert offered_tools(home) == ()


NOTES = "day,note\nmon,The train was late again\ntue,We won the cup today\nwed,My bicycle was stolen\n"


def moods_of(home):
    encoder(home / "checkpoints" / "moods", "text-classification", ("sad", "merry"))
    offer(home, "moods", "Says in which mood a text was written.", "which_mood")
    notes = [line.split(",")[1] for line in NOTES.splitlines()[1:]]
    return [str(answer["label"]) for answer in answering_model(home, "moods").predict(notes)]


def test_for_a_model_that_calls_no_tools_the_data_is_labelled_beforehand(home, tmp_path, capsys):
    labels = moods_of(home)
    (tmp_path / "here" / "notes.csv").write_text(NOTES)
    program = "json.dump({row['day']: row['which_mood'] for row in notes}, open('moods.json', 'w'))\n```"
    model = Scripted([program] * 3, profile=Profile(format="block", prefill=True, small=True, window=16_384))

    async def open_model(address):
        return model

    goal = "Label each note of notes.csv with which_mood and write moods.json: an object with the mood of each day."
    code = run(["run", goal, "--workspace", str(tmp_path / "here"), "--json", "--no-input"], open_model)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["outcome"]) == (0, "complete"), told
    assert json.loads((tmp_path / "here" / "moods.json").read_text()) == dict(
        zip(("mon", "tue", "wed"), labels, strict=True)
    )
    assert "notes = list(csv.DictReader(open('notes.labels.csv'" in model.requests[0].prefill


def test_two_tools_label_ragged_entries_and_a_file_of_the_persons_own_is_left_alone(home, tmp_path, capsys):
    moods_of(home)
    encoder(home / "checkpoints" / "tones", "text-classification", ("soft", "loud"))
    offer(home, "tones", "Says in which tone a text was written.", "which_tone")
    here = tmp_path / "here"
    (here / "notes.json").write_text('[{"note": "The train was late"}, {"note": "We won the cup", "day": "tue"}]')
    (here / "mails.csv").write_text("day,mail\nmon,Where is my parcel\ntue,Thank you all\n")
    (here / "mails.labels.csv").write_text("day,mine\nmon,1\n")
    program = "open('done.txt', 'w').write('done')\n```"
    model = Scripted([program] * 3, profile=Profile(format="block", prefill=True, small=True, window=16_384))

    async def open_model(address):
        return model

    goal = "With which_mood and which_tone look at notes.json and mails.csv, and write done.txt."
    run(["run", goal, "--workspace", str(here), "--json", "--no-input"], open_model)
    capsys.readouterr()
    assert (here / "notes.labels.csv").read_text().splitlines()[0] == "note,day,which_mood,which_tone"
    assert (here / "mails.labels.csv").read_text() == "day,mine\nmon,1\n"


@pytest.mark.model
def test_the_embedded_model_works_with_what_a_checkpoint_says(home, tmp_path, capsys):
    labels = moods_of(home)
    (tmp_path / "here" / "notes.csv").write_text(NOTES)
    goal = "Count with which_mood how many notes of notes.csv have each mood, and write the counts to moods.json."
    code = run(["run", goal, "--workspace", str(tmp_path / "here"), "--json", "--no-input"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["outcome"]) == (0, "complete"), told
    counts = {label: labels.count(label) for label in set(labels)}
    assert json.loads((tmp_path / "here" / "moods.json").read_text()) == counts
