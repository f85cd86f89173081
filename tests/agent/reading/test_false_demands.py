"""Goals of which a reading once made a demand that a right result would have failed."""

import pytest

from autogpt.agent.reading.compile import implied
from autogpt.agent.reading.ready import ready
from autogpt.agent.recipes import recipe_for
from autogpt.agent.understand import reading_of
from autogpt.core.check import describe
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.task import Task

THERE = {
    "app.py": "x = 1\n",
    "data.csv": "a,b\n1,2\n",
    "mail.txt": "Dear all, please answer.\n",
    "config.ini": "[a]\n# the port\nport = 1\n",
    "story.txt": "It was long ago. " * 60,
    "scan_1.pdf": "",
    "scan_2.pdf": "",
    "scan_3.pdf": "",
}


def read(goal):
    files = [
        FileHead(path=path, size=max(1, len(text)), head=text, lines=1, sha256=f"{at}" * 64)
        for at, (path, text) in enumerate(THERE.items())
    ]
    reading = reading_of(Task(goal=goal), (), files)
    checks = implied(goal, reading, files)
    done = ready(goal, reading, files)
    recipe = recipe_for(goal, reading, checks, Survey(files=tuple(files), snapshot="s"))
    return "\n".join(describe(check) for check in checks), recipe, done.moves if done else ()


@pytest.mark.parametrize(
    ("goal", "never"),
    [
        ("为 data.csv 写一份说明 about.md。", "data.csv has changed"),
        ("Write a reply in reply.txt to mail.txt, at most 90 words.", "mail.txt has changed"),
        ("Write a story in tale.txt of at least 300 words. The title should have at most 10 words.", "<= 10 words"),
        ("Write a poem to poem.txt. Each line must have at most 50 characters.", "<= 50"),
        ("写一篇作文 essay.txt，题目不超过10字。", "10"),
        ("写一封信 letter.txt，落款处留空。", "处留空"),
        ("写一封信 letter.txt，落款写我的名字。", "我的名字"),
        ("Write a mail to note.txt. Do not sign it with Anna Berg.", "Anna Berg"),
        ("Write a mail to note.txt. Sign it with Your Name.", "Your Name"),
        ("Write a mail to note.txt. Avoid naming invoice INV-2024-88.", "mentions the dates"),
        ("Write a mail to note.txt about the contract. I signed it on 2 May, but leave that out.", "mentions the dates"),
        ("写一封邮件 note.txt，别提订单号 AB-2024-01。", "日期"),
        ("In data.csv, replace empty cells with 0. Write it to clean.csv; leave the original as it is.", "data.csv has changed"),
        ("config.ini must not be touched except for the key port, which becomes 90.", "config.ini is unchanged"),
        ("In config.ini, set port to 9. Keep no comments.", "comments"),
        ("Write todo.py with `python todo.py add TEXT` to add a line.", "todo.py contains"),
        ("Write an answer in answer.txt to mail.txt.", "mail.txt has changed"),
        ("Write an ad to ad.txt: entries may have no more than 500 words.", "500"),
        ("写一封信 letter.txt，请对方在合同上署名后寄回。", "后寄回"),
        ("Write a letter to l.txt asking Anna to sign with Blue Ink only.", "Blue Ink"),
        ("Write a mail to m.txt: the deadline of 4 April has been replaced by 11 April.", "mentions the dates"),
        ("Write server.py, a web server on port 8080. GET /admin needs a password.", "/admin"),
        ("In config.ini, set the port to the value in data.csv.", "data.csv has changed"),
        ("Write div.py. Example: `python div.py 0` ends with ZeroDivisionError.", "no traceback"),
        ("Sort the files into folders and get rid of temporary files.", "no file is lost"),
    ],
)  # fmt: skip
def test_no_demand_that_a_right_result_would_fail(goal, never):
    assert never not in read(goal)[0]


@pytest.mark.parametrize(
    "goal",
    [
        "Rename the scans: scan_1.pdf becomes invoice_1.pdf, but not scan_3.pdf.",
        "scan_1.pdf becomes page_1.pdf and so on. The last one, scan_3.pdf, becomes cover.pdf.",
    ],
)
def test_no_file_follows_an_example_that_it_is_excluded_from(goal):
    told, _, moves = read(goal)
    assert not [old for old, _ in moves if old == "scan_3.pdf"]
    assert "invoice_3.pdf" not in told
    assert "page_3.pdf" not in told


@pytest.mark.parametrize(
    ("goal", "recipe"),
    [
        ("In app.py, can you see a bug? Explain it in bug.md, do not fix it.", "prose"),
        ("How many times does the word ago occur in story.txt? Write the number to count.txt.", "program"),
        ("Organize the files into folders by type. Write a summary to log.txt.", "program"),
        ("Write a mail to m.txt about our new address.", "prose"),
        ("Fix app.py, it crashes.", "fix"),
    ],
)
def test_the_way_of_working_fits(goal, recipe):
    assert read(goal)[1] == recipe


@pytest.mark.parametrize(
    "goal",
    [
        "Give the average of the b column in data.csv.",
        "Read data.csv, drop rows with missing amounts and compute the mean.",
        "Read data.csv, increase all amounts by 10% and save the result to a new file.",
        "Make a cleaned copy of data.csv: remove duplicates and trim spaces.",
        "Convert data.csv to JSON, drop empty rows.",
        "Translate story.txt into German. Replace the names by initials.",
        "Review app.py. Give concrete suggestions, change nothing.",
        "Proofread story.txt, correct nothing, list mistakes.",
        "Add the amounts in data.csv.",
        "Follow story.txt: delete old branches and then update the docs.",
        "读取 data.csv，去掉空行，计算总金额。",
        "把 data.csv 里的金额改成美元，另存一份。",
        "给 data.csv 做一份副本，把副本里的姓名改成首字母。",
        "Which port is set in config.ini?",
    ],
)
def test_a_file_that_is_only_read_is_not_written_over(goal):
    told = read(goal)[0]
    assert "has changed" not in told


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        ("把 config.ini 里的 a 改成 9090，其他不要动。", "port = 9090"),
        ("Switch off debugging in config.ini, nothing else.", "port = 0"),
        ("Change the ports in config.ini to 20 and nothing else.", "port = 20"),
        ("In config.ini, set every number to 0; everything else stays.", "port = 0"),
        ("Fix the typos in config.ini but change nothing else.", "prot = 1"),
    ],
)
def test_the_line_that_is_meant_may_change(goal, changed):
    assert "the other lines of config.ini" not in read(goal)[0]


@pytest.mark.parametrize(
    "goal",
    [
        "Write find.py. `python find.py WORD FILE` prints the lines of FILE that contain WORD.",
        "Write dups.py. `python dups.py FILE` prints the lines that occur more than once.",
        "Write todo.py. `python todo.py list` prints the open tasks.",
        "Write quiz.py. `python quiz.py N` prints N questions one after the other and checks what the player answers.",
        "Write clock.html, a page showing the time like 14:05.",
        "Write countdown.html, a page that counts down to 31 December 2025.",
    ],
)
def test_programs_that_may_say_nothing_and_pages_that_compute(goal):
    files = [FileHead(path="data.csv", size=8, head="a,b\n1,2\n", sha256="0" * 64)]
    reading = reading_of(Task(goal=goal), (), files)
    told = "\n".join(getattr(check, "code", "") for check in implied(goal, reading, files))
    assert "mention" not in told
    assert "]], [0" not in told


@pytest.mark.parametrize(
    ("goal", "stays"),
    [
        ("Delete all .pdf files. Leave everything else as it is.", True),
        ("- delete all .pdf files\n- move all .csv files into tables/\n- leave everything else where it is", False),
    ],
)
def test_everything_else_is_what_all_orders_leave(goal, stays):
    told, _, _ = read(goal)
    assert "scan_1.pdf is gone" in told
    assert ("data.csv is unchanged" in told.splitlines()) == stays


def test_no_word_of_a_sentence_is_a_function_or_a_key():
    told, _, _ = read("Add type hints to app.py. Do not change what the functions do.")
    assert "defines" not in told
    told, _, _ = read('Write out.json with "cost": the cost of the fair in euros (number).')
    assert "euros" not in told
