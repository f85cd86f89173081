"""Slips that a machine can mend are mended; everything else stays as it was written."""

import pytest

from autogpt.agent.programs.mending import joined, mended, unshared, without_missing_key


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
        ("print(product, field)", "print(product, field)"),
        ("queue.append(1)", "queue.append(1)"),
        ("email.strip()", "email.strip()"),
        ("this.that", "this.that"),
        ("from os.path import *\njson.dumps(1)", "from os.path import *\njson.dumps(1)"),
        ("if 'json' in globals():\n    json.dumps(1)", "if 'json' in globals():\n    json.dumps(1)"),
        ("try:\n    Path\nexcept NameError:\n    Path = str", "try:\n    Path\nexcept NameError:\n    Path = str"),
        ("def f(json):\n    return json.dumps(1)", "def f(json):\n    return json.dumps(1)"),
        ("__all__ = ['Counter']", "__all__ = ['Counter']"),
        ("'''Doc''' ; x = os.getcwd()", "'''Doc''' ; x = os.getcwd()"),
        ("# coding: latin-1\njson.dumps(1)", "# coding: latin-1\nimport json\njson.dumps(1)"),
        ("urllib.request.urlopen(x)\nx = 1", "import urllib.request\nurllib.request.urlopen(x)\nx = 1"),
        ("x = datetime.timedelta(1)", "import datetime\nx = datetime.timedelta(1)"),
        ("s = '''\nprint（1）\n'''\nprint(s）", "s = '''\nprint（1）\n'''\nprint(s)"),
        ("x = f'{a['b']:.1f} \"{c}\"'", 'x = f"{a[\'b\']:.1f} \\"{c}\\""'),
        ("x = f'{n} {f'{a['b']}'}'  # f'{a['b']}'", 'x = f"""{n} {f"{a[\'b\']}"}"""  # f\'{a[\'b\']}\''),
        ("x = f\"{'\\n'.join(a)}{', '}\"", "x = f\"{chr(10).join(a)}{', '}\""),
        ("x = f'{'", "x = f'{'"),
        (
            "def n(t):\n    return float(t)\nfor t in '12':\n    n = n(t)\n    print(n, f'{n:.1f}', list(map(n, '34')))",
            "def n(t):\n    return float(t)\nfor t in '12':\n    n_found = n(t)\n"
            "    print(n_found, f'{n_found:.1f}', list(map(n, '34')))",
        ),
        ("print(“你好，世界”)", 'print("你好，世界")'),
        ("if x:\n    pass\nelse\n    remove()", "if x:\n    pass\nelse\n    remove()"),
        (
            "def main():\n    pass",
            'def main():\n    pass\n\n\nif __name__ == "__main__":\n    main()\n',
        ),
        ("f('''a\nb''', (1, 2)\ng()", "f('''a\nb''', (1, 2))\ng()\n"),
        ("x = f(1,\n      2\ny = [1]", "x = f(1,\n      2)\ny = [1]\n"),
        ("def f():\n    return [n for n in x\n\ny = 1", "def f():\n    return [n for n in x]\n\ny = 1\n"),
        ("x = (1\ny = (2\nz = 3", "x = (1\ny = (2\nz = 3"),
        ("def main():\n    pass\nmain()", "def main():\n    pass\nmain()"),
        ("def main(a):\n    pass", "def main(a):\n    pass"),
        ("not python at all", "not python at all"),
    ],
)
def test_only_what_would_break_and_then_does_not_is_changed(written, meant):
    assert mended(written) == meant


@pytest.mark.parametrize(
    ("code", "better"),
    [
        ("def f(a, b=[]):\n    return b\n", "def f(a, b=None):\n    if b is None:\n        b = []\n    return b\n"),
        (
            'class C:\n    def f(self, *, b={}):\n        """Doc."""\n        return b\n',
            'class C:\n    def f(self, *, b=None):\n        """Doc."""\n'
            "        if b is None:\n            b = {}\n        return b\n",
        ),
        ("def f(a=(), b=[1], c=None):\n    return a\n", "def f(a=(), b=[1], c=None):\n    return a\n"),
        ("def f(b=[]): return b\n", "def f(b=[]): return b\n"),
        ("def broken(:\n", "def broken(:\n"),
    ],
)
def test_default_values_that_calls_would_share_are_made_anew(code, better):
    assert unshared(code) == better


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def test_it():\n    assert Stack().items == []\n", "from stack import Stack"),
        ("import stack\n\n\ndef test_it():\n    assert stack.Stack()\n", ""),
        ("from stack import *\n\n\ndef test_it():\n    assert Stack()\n", ""),
        ("def test_it():\n    assert Queue()\n", ""),
    ],
)
def test_what_a_file_beside_defines_is_imported(code, line):
    others = {"stack": "class Stack:\n    items = []\n", "broken": "def ("}
    made = joined(code, others)
    assert made == (f"{line}\n{code}" if line else code)


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ('"""\nAges.\n\nfrom datetime import date\n', '"""\nAges."""\n\nfrom datetime import date\n'),
        (
            'def f():\n    """Say it.\n    import os\n    return os\n',
            'def f():\n    """Say it."""\n    import os\n    return os\n',
        ),
    ],
)
def test_a_docstring_without_its_end_gets_one(code, good):
    assert mended(code) == good


def test_lines_indented_under_nothing_are_levelled():
    code = "a = [1]\n        for x in a:\n            print(x)\n        b = 2\nprint(b)\n"
    assert mended(code) == "a = [1]\nfor x in a:\n    print(x)\nb = 2\nprint(b)\n"
    assert mended("if a:\nb = 1\n") == "if a:\nb = 1\n"


@pytest.mark.parametrize(
    ("code", "seen", "better"),
    [
        ("x = [d for d in data if not d['off']]", "KeyError: 'off'", "x = [d for d in data if not d.get('off')]"),
        ("print(row['a'][\"off\"] == d['on'])", 'KeyError: "off"', "print(row['a'].get(\"off\") == d['on'])"),
        ("d['off'] = 1\nd['off'] += 1", "KeyError: 'off'", ""),
        ("d['off']", "ValueError: 'off'", ""),
        ("d[key]", "KeyError: 'off'", ""),
    ],
)
def test_what_some_entries_lack_is_none(code, seen, better):
    said = f"Traceback (most recent call last):\n  File\n{seen}\n  d = {{}}"
    assert without_missing_key(code, said, '[{"off": true}, {}]') == better
    assert without_missing_key(code, said, '[{"Off": true}, {}]') == ""
