"""Charts: what they say lies within the picture, and each colour means one thing."""

import re

from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.charts import COLOURS


def texts(svg: str) -> list[tuple[float, float, str]]:
    return [
        (float(x), float(y), text) for x, y, text in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', svg)
    ]


def test_a_legend_is_broken_into_lines_above_the_points():
    names = [f"a rather long label {number}" for number in range(8)]
    svg = charts.scatter([(0.0, 0.0)] * 8, list(range(8)), names, [""] * 8)
    legend = [(x, y) for x, y, text in texts(svg) if text in names]
    assert len(legend) == 8
    assert max(x + 7 * 23 for x, _ in legend) <= 560
    assert min(float(y) for y in re.findall(r'cy="([\d.]+)"', svg)) > max(y for _, y in legend)
    one = charts.lines([("only", [(0.0, 1.0), (1.0, 2.0)])], x="x", y="y")
    assert 'height="280"' in one


def test_of_more_groups_than_colours_the_smallest_are_grey_and_counted():
    groups = [*range(12), *range(2, 12)]  # the first two are the smallest
    svg = charts.scatter([(float(at), 0.0) for at in range(22)], groups, [f"g{at}" for at in range(12)], [""] * 22)
    assert [text for _, _, text in texts(svg) if text.startswith("g") or "others" in text] == [
        *(f"g{at}" for at in range(2, 12)),
        "2 others",
    ]
    dots = re.findall(r'<circle[^>]*fill="(#\w+)"', svg)
    assert [dots.count(colour) for colour in COLOURS] == [2] * 10
    assert dots.count("#94a3b8") == 2
