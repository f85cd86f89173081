import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogpt.agent.prompts import EN, ZH
from autogpt.agent.window import cap, excerpts, fence, show, tokens
from autogpt.core.contracts import FileHead, Survey

texts = st.text(alphabet=st.sampled_from(list("ab \n字。`.")), max_size=3_000)
file_heads = st.builds(
    lambda name, text, size: FileHead(path=name, size=size, lines=text.count("\n"), head=text, sha256=""),
    st.text(alphabet=st.sampled_from(list("abc字/.")), min_size=1, max_size=60),
    texts,
    st.integers(0, 10**9),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(file_heads, max_size=80, unique_by=lambda file: file.path),
    st.integers(200, 4_000),
    st.sampled_from([EN, ZH]),
    st.sampled_from(["", "a b 字"]),
)
def test_what_is_shown_never_exceeds_its_budget(files, budget, say, about):
    survey = Survey(files=tuple(files), snapshot="s", omitted=3)
    shown = show(survey, [f.path for f in files[:2]], budget, say, about)
    assert tokens(shown) <= budget


def test_small_named_files_stand_whole_before_larger_ones():
    small = FileHead(path="a.txt", size=6, lines=1, head="needle", sha256="")
    large = FileHead(path="b.txt", size=400_000, lines=9_000, head="hay " * 1_000, sha256="")
    shown = show(Survey(files=(large, small), snapshot="s"), ["a.txt"], 600, EN)
    assert "## a.txt\n```\nneedle\n```" in shown
    assert "- b.txt (400000 bytes, 9000 lines)" in shown


HAY = {
    "en": ("The weather on day {n} was mild and the harvest went on as usual in the valley.",
           "The vault code that Mrs Okafor chose is 7391.", "What is the code of the vault?"),
    "zh": ("第{n}天天气温和，山谷里的收割照常进行，大家都很高兴。", "王女士为金库选的密码是七三九一。", 
           "金库的密码是多少？"),
}  # fmt: skip


@pytest.mark.parametrize("at", [0, 150, 299])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_passage_asked_about_is_found_among_three_hundred(language, at):
    hay, needle, about = HAY[language]
    parts = [hay.format(n=n) for n in range(300)]
    parts[at] = needle
    found = excerpts("\n\n".join(parts), about, 300)
    assert needle in found
    assert tokens(found) <= 600


def test_excerpts_of_nothing_are_nothing():
    assert excerpts("", "x", 100) == ""
    assert isinstance(excerpts("a b c", "", 100), str)


@given(st.text(max_size=400), st.integers(60, 200))
def test_a_capped_text_keeps_head_and_tail(text, most):
    capped = cap(text, most)
    if len(text) <= most:
        assert capped == text
    else:
        assert capped.startswith(text[: int(most * 0.4)])
        assert capped.endswith(text[-int(most * 0.5) :])


@given(st.text(alphabet=st.sampled_from(list("`a\n ")), max_size=60))
def test_a_fence_is_longer_than_any_inside(text):
    lines = fence(text).split("\n")
    assert lines[0] == lines[-1]
    assert all(not line.startswith(lines[0]) for line in lines[1:-1])


def test_addresses_and_numbers_stay_whole_in_excerpts():
    text = "Questions go to Mr Renner at stalls@fair.example, or call.  It costs 3.50 euros.\n" + "Much else.\n" * 40
    assert "stalls@fair.example" in excerpts(text, "address for questions", 60)
    assert "3.50" in excerpts(text, "what it costs in euros", 60)
