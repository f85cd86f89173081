"""What a person gives the studio that it cannot use is told in one line, with what to do; it is no bug of ours."""

import json
from pathlib import Path

import pytest
import tiny

from autogpt import AutoGpt, AutoGptDataset, UsageError
from autogpt.cli.bug import report
from autogpt.cli.main import run
from autogpt.locale import use
from autogpt.studio.jobs import submit


@pytest.fixture
def studio(tmp_path, monkeypatch, capsys):
    for name in ("AUTOGPT_HOME", "AUTOGPT_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"row {n} of mine,{'ab'[n % 2]}\n" for n in range(20))
    Path("rows.csv").write_text("text,label\n" + rows)
    Path("other.csv").write_text("text,label\n" + "".join(f"another {n},c\n" for n in range(6)))
    Path("test.csv").write_text("text,label\nrow 3 of mine,b\n")
    Path("few.csv").write_text("id,text\n1,some text\n2,other text\n")
    Path("odd.csv").write_text("id,number,remarks\n" + "".join(f"{n},{n},{'long remark ' * 3}{n}\n" for n in range(9)))

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    yield call
    use("en")


@pytest.mark.parametrize(
    ("arguments", "told", "chinese"),
    [
        (["train", "rows.csv", "--set", "options.class_weight=sqrt"],
         "text-classification has no option 'class_weight'; did you mean class_weights?", "是不是想写"),
        (["train", "rows.csv", "--set", "options.zzz=1"],
         "text-classification has no option 'zzz'; there are: fit_head, class_weights", "没有选项"),
        (["train", "rows.csv", "-t", "embedding", "--set", "options.temperature=hot"],
         "'options.temperature' cannot be 'hot'; it is such as 0.05", "它应形如"),
        (["train", "rows.csv", "-t", "masked-lm", "--set", "options.x=1"],
         "masked-lm has no options, so 'options.x' cannot be set", "没有选项"),
        (["train", "rows.csv", "-t", "rloo", "--set", "options.verifier=judge"],
         "no verifier is known as 'judge'; there are: exact, contains, regex", "验证器"),
        (["train", "rows.csv", "-t", "grpo", "--set", "options.samples=1"],
         "'options.samples' cannot be 1; it must be 2 or more", "或以上"),
        (["train", "rows.csv", "-t", "grpo", "--set", "options.advantage=ppo"],
         "'options.advantage' cannot be 'ppo'; it can be rloo, grpo", "可以是"),
        (["train", "rows.csv", "-t", "grpo", "--set", "verifier=contains"],
         "'verifier' is an option of policy-gradient: --set options.verifier=contains", "的选项"),
        (["train", "rows.csv", "--set", "options.class_weights=sqr"],
         "'options.class_weights' cannot be 'sqr'; it can be none, sqrt, balanced", "可以是"),
        (["train", "rows.csv", "--seed", "-3"], "Invalid value for '--seed'", "无效"),
        (["data", "split", "rows.csv", "-o", "out", "--seed", "-3"], "Invalid value for '--seed'", "无效"),
        (["data", "profile", "ftp://example.org/a.csv"],
         "only http and https are fetched, not ftp; fetch it first and name the file", "不下载"),
        (["data", "profile", "file:///a.csv"], "is a file of this machine; name it without 'file://'", "本机"),
        (["data", "profile", "odd.csv"], "name it: --column text=remarks", "remarks"),
        (["data", "profile", "few.csv", "-t", "preference"], "none of them can be", "--task"),
        (["data", "profile", "rows.csv", "--encoding", "nonsense"], "no encoding is known as 'nonsense'", "编码"),
        (["data", "mix", "rows.csv", "-o", "out"], "a mix is of two sources or more", "两个"),
        (["data", "mix", "rows.csv", "other.csv", "-o", "out", "--weight", "1"],
         "each of the 2 corpora needs a weight above 0", "权重"),
        (["data", "mix", "rows.csv", "other.csv", "-o", "out", "--weight", "nan", "--weight", "1"],
         "each of the 2 corpora needs a weight above 0", "权重"),
        (["data", "mix", "rows.csv", "other.csv", "-o", "out", "--weight", "0.001", "--weight", "1"],
         "not one row would come from", "不会被取用"),
        (["data", "mix", "rows.csv", "test.csv", "-o", "out", "--weight", "1", "--weight", "1"],
         "there are no training rows in", "没有可按权重"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_in_both_languages(studio, arguments, told, chinese):
    code, out, err = studio("studio", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err
    code, _, err = studio("--lang", "zh", "studio", *arguments)
    assert (code, chinese in err) == (2, True), err
    assert not Path("out").exists()


def test_several_sources_are_mixed_by_their_weights(studio, tmp_path):
    weights = ["--weight", "1", "--weight", "2"]
    mix = ("studio", "data", "mix", "rows.csv", "other.csv", "-q")
    code, out, err = studio(*mix, *weights, "-o", "one")
    assert code == 0, err
    assert out.splitlines()[:3] == [
        f"3 training rows from {tmp_path / 'rows.csv'}",
        f"6 training rows from {tmp_path / 'other.csv'}",
        "rows: train 9",
    ]
    rows = [json.loads(line) for line in Path("one/train.jsonl").read_text().splitlines()]
    assert sum(row["label"] == "c" for row in rows) == 6
    assert studio(*mix, *weights, "-o", "same")[0] == studio(*mix, *weights, "-o", "other", "--seed", "1")[0] == 0
    assert Path("one/train.jsonl").read_bytes() == Path("same/train.jsonl").read_bytes()
    assert Path("one/train.jsonl").read_bytes() != Path("other/train.jsonl").read_bytes()
    _, out, _ = studio("studio", "data", "mix", "rows.csv", "other.csv", "test.csv", "-o", "all", "--json")
    told = json.loads(out)
    assert (told["rows"], told["leaks"]) == ({"train": 26, "test": 1}, {"train in test": 1})
    out = studio("studio", "data", "mix", "rows.csv", "test.csv", "-o", "warned", "-q")[1]
    assert "1 rows of train are also in test" in out
    assert studio(*mix, "-o", "one")[0] == 2


@pytest.fixture(scope="module")
def moods(tmp_path_factory) -> AutoGpt:
    model = AutoGpt.load(tiny.encoder(tmp_path_factory.mktemp("base")))
    model.train(AutoGptDataset(tiny.opinions_corpus(16, 8)), num_epochs=1)
    return model


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"text": 5}, "'text' is a text, not 5"),
        ({"text": None}, "'text' is a text, not null"),
        ({"text": ["a"]}, r"'text' is a text, not \[\"a\"\]"),
        ("caf\udce9", "the text holds bytes that are not UTF-8; give it as UTF-8"),
        ({"texts": "a"}, "text-classification reads text; text is missing"),
        (7, "text-classification reads text, not '7'; give a mapping"),
    ],
)
def test_what_a_model_cannot_read_is_told(moods, asked, told):
    with pytest.raises(UsageError, match=told):
        moods.predict([asked])


def test_a_model_is_asked_at_the_terminal_for_what_it_cannot_read(moods, studio):
    moods.save("AUTOGPT_HOME/checkpoints/moods")
    for asked, told in (('{"text": 5}', "'text' is a text, not 5"), ("caf\udce9", "not UTF-8; give it as UTF-8")):
        code, out, err = studio("studio", "predict", "moods", asked)
        assert (code, out, told in err) == (2, "", True), err


@pytest.mark.parametrize(
    ("arguments", "told", "chinese"),
    [
        (["diagnose", "moods", "rows.csv", "-o", "page.html", "--against", "names"],
         "a model for text-classification cannot be held against one for token-classification", "不能与用于"),
        (["prune", "moods", "rows.csv", "--layers", "5"], "'moods' has 2 layers, 5 cannot be kept of them", "无法保留"),
        (["prune", "moods", "rows.csv", "--heads", "4"],
         "what stays cannot have 'heads' = 4.0: it must be 1.0 or less", "保留的部分"),
        (["prune", "moods", "rows.csv", "--weights", "2"], "the share of weights that go is 2.0", "权重"),
        (["prune", "moods", "rows.csv", "--epochs", "-1"], "the training cannot have 'epochs' = -1", "训练"),
        (["distill", "moods", "rows.csv", "--layers", "3"], "the teacher has 2 layers; a student of 3", "并不更小"),
        (["distill", "moods", "rows.csv", "--heads", "9"], "have 4 heads; a student with 9 is no smaller", "注意力头"),
        (["distill", "moods", "rows.csv", "--neurons", "65"], "have 64 inner neurons; a student with 65", "内部神经元"),
        (["quantize", "moods", "rows.csv"], "there are no test or validation rows to measure on", "没有可供测量"),
        (["quantize", "moods", "--validation", "test.csv", "-q", "--method", "onnx-static"],
         "onnx-static needs calibration rows: give some training rows", "校准"),
        (["prune", "moods", "test.csv"], "there are no training rows to recover on, only test", "训练行"),
        (["distill", "moods", "rows.csv"], "there are no test or validation rows to measure on", "没有可供测量"),
        (["diagnose", "moods", "rows.csv", "-o", "page.html"], "there are no test or validation rows", "没有可供测量"),
        (["export", "moods", "-f", "gguf", "-o", "x.gguf"],
         "is of the family 'bert'; GGUF can be written for llama, qwen2", "编码器"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_of_a_checkpoint_is_told_before_a_job_begins(moods, studio, arguments, told, chinese):
    moods.save("AUTOGPT_HOME/checkpoints/moods")
    card = json.loads(Path("AUTOGPT_HOME/checkpoints/moods/autogpt.json").read_text())
    Path("AUTOGPT_HOME/checkpoints/names").mkdir()
    Path("AUTOGPT_HOME/checkpoints/names/autogpt.json").write_text(
        json.dumps({**card, "name": "names", "task": "token-classification"})
    )
    code, out, err = studio("studio", *arguments)
    assert (code, out, told in err, err.count("\n")) == (2, "", True, 1), err
    code, _, err = studio("--lang", "zh", "studio", *arguments)
    assert (code, chinese in err) == (2, True), err
    assert not Path("AUTOGPT_HOME/jobs").exists()


def test_no_job_is_told_to_be_resumed_that_would_fail_again(moods, studio):
    moods.save("AUTOGPT_HOME/checkpoints/moods")
    Path("empty.csv").touch()
    code, _, err = studio("studio", "eval", "moods", "empty.csv", "-q")
    assert (code, "resume" in err) == (1, False), err
    assert err.splitlines()[-1].endswith("failed. Mend what is said above and start it anew")
    err = studio("--lang", "zh", "studio", "eval", "moods", "empty.csv", "-q")[2]
    assert err.splitlines()[-1].endswith("失败。请按上面所说改正后重新开始")


@pytest.mark.parametrize("command", ["train", "eval", "quantize", "prune", "distill", "diagnose"])
def test_rows_have_an_encoding_in_every_command_that_reads_some(studio, command):
    arguments = ["rows.csv"] if command == "train" else ["moods", "rows.csv"]
    arguments += ["-o", "page.html"] if command == "diagnose" else []
    code, _, err = studio("studio", command, *arguments, "--encoding", "nonsense")
    assert (code, "no encoding is known as 'nonsense'" in err) == (2, True), err


def test_a_checkpoint_is_scored_on_rows_that_are_cut_off(moods, studio):
    moods.save("AUTOGPT_HOME/checkpoints/moods")
    rows = "".join(f"Ann likes the café {n},{('good', 'bad')[n % 2]}\n" for n in range(20))
    Path("moods.csv").write_bytes(f"text,label\n{rows}".encode("cp1252"))
    cut = ["--cut", "test=0.2", "--encoding", "cp1252", "--json", "-q"]
    code, out, err = studio("studio", "eval", "moods", "moods.csv", *cut)
    assert code == 0, err
    result = json.loads(out)["result"]
    assert (result["split"], result["scores"]["rows"], result["prepared"]["rows"]) == (
        "test",
        4,
        {"train": 16, "test": 4},
    )


def test_jobs_that_cannot_be_read_are_told_and_the_last_is_removed_by_its_name(studio):
    folders = [submit(Path("AUTOGPT_HOME/jobs"), "evaluate", {}) for _ in range(2)]
    (folders[0] / "job.json").write_text("")
    code, out, err = studio("studio", "jobs", "list")
    assert (code, folders[1].name in out, f"{folders[0].name} cannot be read" in err) == (0, True, True), err
    assert studio("studio", "jobs", "remove", "last")[:2] == (0, f"job {folders[1].name}: removed\n")


def test_what_is_typed_goes_before_a_recipe_also_if_it_is_the_default(studio, tmp_path):
    base = str(tiny.encoder(tmp_path / "base"))
    file = {"task": "multi-label", "base": base, "seed": 5, "batch": 4, "options": {"fit_head": False}}
    Path("recipe.json").write_text(json.dumps(file))
    typed = ["--task", "text-classification", "--seed", "0", "--set", "options.class_weights=sqrt"]
    for more, wanted in (
        ([], file | {"metric": ""}),
        (typed, file | {"task": "text-classification", "seed": 0} | {
            "options": {"fit_head": False, "class_weights": "sqrt"}}),
    ):  # fmt: skip
        studio("studio", "train", "rows.csv", "--recipe", "recipe.json", *more, "--max-seconds", "0.01", "-q")
        job = max(Path("AUTOGPT_HOME/jobs").glob("*/job.json"), key=lambda path: path.stat().st_mtime_ns)
        recipe = json.loads(job.read_text())["arguments"]["recipe"]
        assert {name: recipe[name] for name in wanted} == wanted


def test_a_bug_at_a_studio_command_names_the_studio(studio):
    assert "`autogpt studio jobs list` shows them" in report(ValueError("x"), studio=True)
    assert "`autogpt list` shows it" in report(ValueError("x"))


def test_every_option_a_kind_reads_is_known():
    """The kinds read options by name; a name that is not in the table could not be set."""
    import re

    import autogpt.studio
    from autogpt.studio.options import OPTIONS

    source = Path(autogpt.studio.__file__).parent
    files = [*source.glob("kinds/*.py"), *source.glob("lm/*.py")]
    read = {name for path in files for name in re.findall(r'options\.get\("(\w+)"', path.read_text())}
    assert read == {name for options in OPTIONS.values() for name in options}
