"""The programs whose output is an answer's fingerprint: calls of functions, commands in turn, or what the files say.

Each is a template for `str.format` and prints one line for each thing that answers are compared by.
"""

from autogpt.agent.programs.trial import RUNS

CALLS = """\
import contextlib, inspect, io, itertools, signal

def _stop(*_):
    raise TimeoutError

signal.signal(signal.SIGALRM, _stop)
# What a module prints when it is imported is no part of what its functions answer.
with contextlib.redirect_stdout(io.StringIO()):
    from {module} import *

_TEXTS = ['', 'a', 'Level', 'Hello, World', 'a1 b2 a1', '12']
_NUMBERS = [0, 1, 2, 3, 7, 10, 15, 16, 100]
_LISTS = [[], [1], [3, 1, 2, 3], [5, -1, 4]]

def _pool(name):
    if name in {pools!r}:
        return {pools!r}[name]
    name = name.lower()
    if any(word in name for word in ('text', 'str', 'word', 'name', 'sentence', 'char', 'line')) or name == 's':
        return _TEXTS
    if any(word in name for word in ('list', 'lst', 'arr', 'nums', 'items', 'values', 'numbers', 'seq')):
        return _LISTS
    return _NUMBERS

def _drawn(name, pools, many):
    for values in itertools.islice(zip(*map(itertools.cycle, pools)), many):
        yield name + repr(values) if len(values) != 1 else name + '(' + repr(values[0]) + ')'

def _refuses(name, pools):
    # Whether the values are of a kind that the function takes none of.
    for call in _drawn(name, pools, 3):
        try:
            signal.alarm(2)
            with contextlib.redirect_stdout(io.StringIO()):
                eval(call)
            return False
        except (TypeError, AttributeError):
            pass
        except BaseException:  # any other error is about the value and not its kind
            return False
        finally:
            signal.alarm(0)
    return True

def _calls():
    for name in {names!r}:
        try:
            parameters = [p for p in inspect.signature(globals()[name]).parameters.values() if p.default is p.empty]
        except (TypeError, ValueError, KeyError):
            continue
        pools = [_pool(p.name) for p in parameters]
        others = ([kind] * len(pools) for kind in (_TEXTS, _LISTS) if not any(p.name in {pools!r} for p in parameters))
        pools = next((one for one in (pools, *others) if pools and not _refuses(name, one)), pools)
        told = [len({pools!r}[p.name]) for p in parameters if p.name in {pools!r}]
        yield from _drawn(name, pools, max([10, *told]))

for _call in _calls():
    try:
        signal.alarm(2)
        with contextlib.redirect_stdout(io.StringIO()):
            _result = eval(_call)
        print(_call, '->', repr(round(_result, 6) if isinstance(_result, float) else _result)[:300])
    except BaseException as _error:  # what the call raises is what it does, SystemExit included
        print(_call, '->', type(_error).__name__)
    finally:
        signal.alarm(0)
"""

COMMANDS = f"""{RUNS}\
commands = {{commands!r}}
for number, done in enumerate(runs(commands)):
    # How a complaint is worded is mostly left open.
    said = '' if done is None or done.returncode else done.stdout.rstrip()
    ended = 'goes on' if done is None else f'{{{{done.returncode}}}} {{{{said!r}}}}'
    print(number, *commands[number], '->', ended[:600])
"""

POINTS = "whole numbers with .0:"
"""Begins the line that says how many whole numbers a table holds as 1.0: the same result, in a worse form."""
FILES = """\
import csv, hashlib, html, io, json, pathlib, re, sqlite3

_points = 0

def _cell(text):
    # 1.0 and 1 are the same number; 007 is none.
    global _points
    _points += bool(re.fullmatch(r'-?\\d+\\.0', text))
    number = re.fullmatch(r'-?(?:0|[1-9]\\d*)(?:\\.\\d+)?', text)
    return str(round(float(text), 4) + 0.0) if number else text

def _plain(value):
    if isinstance(value, float):
        return round(value, 4) + 0.0
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dict):
        return {{key: _plain(one) for key, one in sorted(value.items())}}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value

def _shown(page):
    # Two pages that show the same are the same, however they are laid out.
    page = re.sub(r'(?is)<!--.*?-->|<(head|style|script)\\b.*?</\\1>', ' ', page)
    return ' '.join(html.unescape(re.sub(r'<[^>]*>', ' ', page)).split())

def _known():
    # Words of the data there is: what a report can say rightly or wrongly, in whatever sentences.
    words = set()
    for path in sorted(pathlib.Path('.').rglob('*'))[:200]:
        if path.suffix in ('.csv', '.tsv', '.json', '.jsonl') and str(path) not in {paths!r} and path.is_file():
            text = path.read_bytes()[:200_000].decode(errors='replace')
            names = r'"[^"\\n]*"\\s*:' if path.suffix.startswith('.json') else r'\\A.*'
            cells = re.split(r'[,;|\\t\\n"\\[\\]{{}}:]+', re.sub(names, '', text))
            words.update(cell for cell in map(str.strip, cells) if 2 <= len(cell) <= 40 and not cell.isdigit())
    return sorted(words, key=len, reverse=True)[:2000]

def _facts(text):
    known = [re.escape(word) for word in _known()]
    text = re.sub(r'(?m)^\\s*(?:\\d+[.)]\\s|[-*+>#]+\\s)', '', text)
    found = re.findall('|'.join([*known, r'\\d+(?:\\.\\d+)?']), text)
    facts = [str(float(one)) if one[0].isdigit() and one.replace('.', '', 1).isdigit() else one for one in found]
    return ' '.join(facts) if len(facts) > 2 else text

for _name in {paths!r}:
    _path = pathlib.Path(_name)
    if not _path.is_file():
        print(_name, 'gone')
        continue
    _data = _path.read_bytes()
    try:
        if _data.startswith(b'SQLite format 3'):
            _data = '\\n'.join(sqlite3.connect(_name).iterdump()).encode()
        elif _path.suffix == '.json':
            _data = json.dumps(_plain(json.loads(_data)), sort_keys=True).encode()
        elif _path.suffix in ('.html', '.htm'):
            _data = _shown(_data.decode()).encode()
        elif _path.suffix in ('.csv', '.tsv'):
            _rows = csv.reader(io.StringIO(_data.decode().strip()), delimiter='\\t' if _path.suffix == '.tsv' else ',')
            _data = '\\n'.join(','.join(map(repr, map(_cell, map(str.strip, row)))) for row in _rows).encode()
        elif _path.suffix == '.md':
            _data = _facts(_data.decode()).encode()
        else:
            _data = '\\n'.join(line.rstrip() for line in _data.decode().strip().splitlines()).encode()
    except (ValueError, csv.Error, sqlite3.Error):
        pass
    print(_name, hashlib.sha256(_data).hexdigest()[:16])
if _points:
    print({points!r}, _points)
"""
