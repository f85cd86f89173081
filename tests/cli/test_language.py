"""Every text a person may see has its Chinese entry, and no entry is left over."""

import re

import strings

from autogpt.locale import catalogue


def test_every_visible_text_is_in_the_catalogue():
    assert sorted(strings.all_visible() - set(catalogue())) == []


def test_the_catalogue_holds_nothing_that_is_not_said():
    assert sorted(set(catalogue()) - strings.all_visible()) == []


def test_a_translation_fills_in_the_same_values():
    wrong = []
    for english, chinese in catalogue().items():
        named = set(re.findall(r"\{(\w+)\}", english))
        holes = {str(number) for number in range(english.count("{}"))}
        if set(re.findall(r"\{(\w+)\}", chinese)) != named | holes:
            wrong.append(english)
    assert wrong == []
