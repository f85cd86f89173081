"""Facts of a text are found in its translation, in whatever form; what was dropped or changed is named."""

import re

import pytest

from autogpt.agent.reading.translation import carried_over, facts
from autogpt.agent.understand import reading_of
from autogpt.core.contracts import FileHead
from autogpt.core.task import Task

ENGLISH = (
    "On Saturday, 18 October, the water will be off from 9:00 to 13:30. Call room 204 or write to help@maple.example.\n"
    "The fee is 1,200 euro; it was 12.50 on 3 March 2024.\n"
)


def missing(text: str, translated: str) -> list[str]:
    return [
        shown for shown, forms in facts(text).items() if not any(re.search(form, translated, re.I) for form in forms)
    ]


@pytest.mark.parametrize(
    ("translated", "lost"),
    [
        (
            "10月18日星期六上午9点至下午1点半停水。请致电204室或写信至 help@maple.example。费用为1200欧元，2024年3月3日为12.50。",
            [],
        ),
        (
            "十月十八日九点到十三点半停水，204室，help@maple.example，1,200欧元，2024年三月三日是12.50。",
            [],
        ),
        ("明天（18号）从9点到13点半停水。204室，help@maple.example。1200，12.50，2024年3月3日", ["October (10月)"]),
        ("10月18日9点到13点半。402室，help@mapel.example。1200，12.50，2024年3月3日", ["help@maple.example", "204"]),
    ],
)
def test_what_was_lost_is_named(translated, lost):
    assert missing(ENGLISH, translated) == lost


def test_chinese_dates_may_become_english_months():
    assert (
        missing("会议在10月18日下午3点，费用25元。", "The meeting is on 18 October at 3 pm; the fee is 25 yuan.") == []
    )
    assert missing("会议在10月18日下午3点。", "The meeting is on 18 November at 3 pm.") == ["10月"]


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("It costs $5.00, or 5,000.00 in all.", "价格为5美元，总共5000。"),
        ("2,000 people, 500 cats, 1,512 dogs in room 204", "两千人，五百只猫，一千五百一十二只狗，二〇四室"),
        ("Call 555-1234 or +1 (555) 123-4567.", "电话 5551234 或 +1-555-123-4567。"),
        ("on 05.01.2024, 3/4/2024, 2024-12-25", "2024年1月5日、2024年3月4日、2024年12月25日"),
        ("2024-12-25", "25 December 2024"),
        ("from 9:30 pm to 12:00 or 00:30", "21:30 到中午，或午夜12点半"),
        ("You may, if you like, march, too.", "你可以，也可以行进。"),
        ("5 million, 20 thousand, 1.2 billion", "500万、2万、12亿"),
        ("5 miles, 70 °F, 1/2 cup", "8公里、21摄氏度、半杯"),
        ("The 1.200,50 price", "价格 1200.50"),
        ("3月3日，第1名，第3章", "On the third of March, first place, chapter III"),
        ("13个、20个、25元、1个、2个", "thirteen, twenty, twenty-five yuan, a book, a couple"),
        ("1.5万、2.5亿、12万、8折、90年代", "15,000, 250 million, 120 thousand, 20% off, the 1990s"),
    ],
)
def test_what_another_language_may_count_otherwise_is_not_missed(text, translated):
    assert missing(text, translated) == []


def test_only_a_translation_of_one_text_into_another_is_held_to_it():
    head = FileHead(path="a.txt", size=len(ENGLISH.encode()), lines=2, sha256="0" * 64, head=ENGLISH)
    for goal, demanded in (
        ("把 a.txt 翻译成中文，保存为 b.txt", 1),
        ("Translate a.txt into Chinese and save it as b.txt", 1),
        ("Summarise a.txt in b.txt", 0),
    ):
        assert len(carried_over(goal, reading_of(Task(goal=goal), (), [head]), [head])) == demanded
