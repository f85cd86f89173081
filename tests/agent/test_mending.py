"""Slips that a machine can mend are mended; everything else stays as it was written."""

import pytest

from autogpt.agent.mending import mended


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("with open('说明.txt') as说明_file:\n    pass", "with open('说明.txt') as 说明_file:\n    pass"),
        ("for 名 in名单:\n    print('as名')", "for 名 in 名单:\n    print('as名')"),
        ("print（'你好，世界'）", "print('你好，世界')"),
        ("x = 1\ny = [1,\n  2,", "x = 1\n"),
        ("x = (1", "x = (1"),
        ("json.dumps(Counter('a'))", "import json\nfrom collections import Counter\njson.dumps(Counter('a'))"),
        ('"""Doc."""\nx = os.getcwd()', '"""Doc."""\nimport os\nx = os.getcwd()'),
        ("x = datetime.now()", "from datetime import datetime\nx = datetime.now()"),
        ("x = datetime.date.today()", "import datetime\nx = datetime.date.today()"),
        ("print(code)", "print(code)"),
        ("print(unknown.thing)", "print(unknown.thing)"),
        ("import json\nprint(json.dumps(1))", "import json\nprint(json.dumps(1))"),
        ("as名 = 1", "as名 = 1"),
        ("not python at all", "not python at all"),
    ],
)
def test_only_what_would_break_and_then_does_not_is_changed(written, meant):
    assert mended(written) == meant
