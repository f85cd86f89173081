"""Which known way of working fits a goal."""

import pytest

from autogpt.agent.reading.goal import read_goal
from autogpt.agent.recipes import recipe_for
from autogpt.core.contracts import FileHead, Survey

POEM = "The kettle sings\nNobody is home\nThe clock keeps counting anyway\n"


@pytest.mark.parametrize(
    ("goal", "recipe"),
    [
        ("Save the longest line of the poem in poem.txt as longest.txt.", "program"),
        ("Write all lines of the poem in poem.txt that begin with 'The' to some.txt.", "program"),
        ("把 poem.txt 这首诗中最长的一行写入 longest.txt。", "program"),
        ("Extract all lines with a clock from poem.txt to clocks.txt.", "program"),
        ("Translate poem.txt into German and save it as german.txt.", "prose"),
        ("Create a README.md for this project.", "prose"),
        ("Extract all e-mail addresses from poem.txt into mails.txt, each once.", "program"),
        ("把 poem.txt 中的所有数字提取出来，按从小到大写入 shuzi.txt。", "program"),
        ("Write a haiku about rain in haiku.txt.", "prose"),
        ("Write a letter about the longest line of the poem in poem.txt to letter.txt.", "prose"),
        ("Write a short summary of the poem in poem.txt to summary.txt.", "prose"),
        ("Write a poem about the longest line at the post office to verses.txt.", "prose"),
        ("把 poem.txt 这首诗翻译成英文，写入 english.txt。", "prose"),
    ],
)
def test_texts_are_read_by_a_model_and_picked_from_by_a_program(goal, recipe):
    survey = Survey(files=(FileHead(path="poem.txt", size=len(POEM), head=POEM),), snapshot="s")
    assert recipe_for(goal, read_goal(goal, {"poem.txt"}), (), survey) == recipe


def test_who_is_missing_from_a_list_is_found_by_a_program():
    guests, replied = "Tessa Vale\nAnn Lee\nMarco Polo\n", "Marco Polo\nAnn Lee\n"
    files = tuple(FileHead(path=p, size=len(t), head=t) for p, t in (("guests.txt", guests), ("replied.txt", replied)))
    goal = "guests.txt lists who was invited, replied.txt who answered. Who has not? Put them in waiting.txt."
    reading = read_goal(goal, {"guests.txt", "replied.txt"})
    assert recipe_for(goal, reading, (), Survey(files=files, snapshot="s")) == "program"
    letters = tuple(
        FileHead(path=f.path, size=60, head="Dear all.\nI am coming. Ann and Bob are, too.\n") for f in files
    )
    goal = "guests.txt and replied.txt are letters. Who is coming? Write it to who.txt."
    assert (
        recipe_for(goal, read_goal(goal, {"guests.txt", "replied.txt"}), (), Survey(files=letters, snapshot="s"))
        == "prose"
    )
