"""What was answered from texts stands in them, in whatever form; what does not is told of."""

import pytest

from autogpt.agent.founded import unfounded

MINUTES = """On 3 March the board chose Calder Energy, at 18,150 pounds. The move is on Oct. 11; twelve helpers come.
范科长报告：总预算调整为 158,000 元，9 月 10 日交付，现场的工作交给丁晓。平均 12.50 元。"""


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("18,150 pounds, Calder Energy", []),
        ("18150", []),
        ("2025-03-03", []),
        ("2025-10-11", []),
        ("2025-09-10", []),
        ("158000", []),
        ("12", []),
        ("12.5", []),
        ("丁晓", []),
        ("Yes", []),
        ("The move is led by Mr Pugh, who has said that he will pay for all of it by himself.", []),
        ("2025-09-11", ["2025-09-11"]),
        ("8150", ["8150"]),
        ("Brook Heating", ["Brook Heating"]),
        ("罗志平", ["罗志平"]),
    ],
)
def test_what_stands_in_no_text_is_told(answer, missing):
    assert unfounded(answer, MINUTES) == missing
