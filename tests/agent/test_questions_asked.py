"""Questions about long texts are found, put one by one, and their answers written down."""

import json

import pytest

from autogpt.agent.questions import questions
from autogpt.agent.reading.goal import read_goal
from autogpt.core.contracts import FileHead

LONG = "The weather was fine and nothing happened. " * 60


def head(path, text):
    return FileHead(path=path, size=len(text.encode()), head=text[:4_000])


@pytest.mark.parametrize(
    ("goal", "files", "keys"),
    [
        (
            "Answer the questions in questions.json from the letters: write answers.json with the same keys.",
            {"questions.json": '{"q1": "Whose boat?", "q2": "Which town?"}', "letters/1.txt": LONG},
            ["q1", "q2"],
        ),
        (
            '阅读 日记.txt，回答 问题.txt 里的问题，写到 答案.md。',
            {"问题.txt": "1. 小狗叫什么？\n2. 车多少钱？\n", "日记.txt": LONG},
            ["1", "2"],
        ),
        (
            'Find out what holds and write rules.json with\n- "weeks": notice in weeks (number)\n- "who": who books\n',
            {"handbook.txt": LONG},
            ["weeks", "who"],
        ),
        ("Write rules.json with\n- \"weeks\": notice in weeks\n- \"who\": who books\n", {"short.txt": "Short."}, []),
        (
            "读 纪要.txt，整理成 要点.json，两个键：“日期”（写成 2025-01-31 这样）、“预算”（元，数字）。说法不一样的，以后面的为准。",
            {"纪要.txt": LONG},
            ["日期", "预算"],
        ),
        ("读 纪要.txt，写 a.json，列表，每条的键：“日期”（写成 2025-01-31）、“预算”（元）。", {"纪要.txt": LONG}, []),
        ("In minutes.txt they decide on a boiler. What do we pay, and whom? Put it into boiler.txt.", {"minutes.txt": LONG}, [""]),
        ("How many lines does minutes.txt have? Put the number of lines into n.txt.", {"minutes.txt": LONG}, []),
        ("What does minutes.txt say? Translate it into a.txt.", {"minutes.txt": LONG}, []),
        ("Do this:\n1. Write what you see to a.md\n2. Delete what is old\n", {"long.txt": LONG}, []),
        ("Summarise long.txt in a.md", {"long.txt": LONG}, []),
    ],
)  # fmt: skip
def test_questions_are_found_where_they_are_asked_of_long_texts(goal, files, keys):
    heads = [head(path, text) for path, text in files.items()]
    assert [one.key for one in questions(goal, read_goal(goal, set(files)), heads)] == keys


def test_each_question_is_put_by_itself_and_all_answers_are_written_down(bench):
    asked = {"boat": "What is the name of the boat?", "jars": "How many jars were ordered (number)?"}
    text = f"{LONG}The boat is called Thistle. {LONG}We ordered 65 jars of honey in the end. {LONG}"
    bench.files = {"questions.json": json.dumps(asked), "letters.txt": text}
    goal = "Answer the questions in questions.json from letters.txt: write answers.json with the same keys."
    done = bench.work(goal, lambda r: "Thistle." if "boat?" in r.messages[1].content else "Answer: 65 jars")
    assert json.loads(done.text("answers.json")) == {"boat": "Thistle", "jars": 65}
    assert done.run.outcome == "complete"
    assert done.run.verdict.results[-1].evidence == "the numbers, dates and names of all answers stand there"
    boat, jars = done.prompts()
    assert "The boat is called Thistle." in boat
    assert "We ordered 65 jars" in jars
    assert len(boat) < 3_000
    assert boat.count("The weather was fine") == 1


def test_what_is_written_already_is_no_source_of_the_next_answer(bench):
    bench.files = {"minutes/1.txt": f"{LONG}The builder is Minch. {LONG}It begins on 2 April. {LONG}"}
    goal = "Read the minutes and write what was decided to result.md:\n1. Who is the builder?\n2. When does it begin?\n"
    done = bench.work(goal, lambda r: "Nonsense about dates." if "builder?" in r.messages[1].content else "2 April.")
    assert done.text("result.md") == "1. Nonsense about dates.\n2. 2 April.\n"
    assert "It begins on 2 April." in done.prompts()[1]
    assert "Nonsense" not in done.prompts()[1]


def test_answers_that_stand_in_no_text_are_not_proven(bench):
    text = f"{LONG}The boat is called Thistle. {LONG}We ordered 65 jars of honey in the end. {LONG}"
    bench.files = {"letters.txt": text}
    goal = (
        'Find out what holds in letters.txt and write a.json with\n- "boat": which boat\n- "jars": how many (number)\n'
    )
    done = bench.work(goal, lambda r: "Heather" if "boat" in r.messages[1].content.rpartition("#")[2] else "66")
    assert json.loads(done.text("a.json")) == {"boat": "Heather", "jars": 66}
    assert done.run.outcome == "partial"
    assert "in no text stands: Heather, 66" in done.run.summary
