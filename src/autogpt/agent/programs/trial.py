"""How programs are tried: what every check and probe that starts what the goal shows has in common."""

RUNS = """\
import pathlib, shutil, subprocess, sys, tempfile

def runs(commands):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder, 'copy')
        shutil.copytree('.', place, symlinks=True, ignore=shutil.ignore_patterns('__pycache__', '.git'))
        if any('sample.txt' in command for command in commands) and not (place / 'sample.txt').exists():
            (place / 'sample.txt').write_text('one line\\nanother, longer line\\nthe last\\n')
        for command in commands:
            try:
                yield subprocess.run([sys.executable, *command], cwd=place, stdin=subprocess.DEVNULL,
                                     capture_output=True, text=True, errors='replace', timeout=10)
            except subprocess.TimeoutExpired:
                yield None  # one that goes on until it is stopped

"""
"""Python that defines `runs(commands)`: what comes of each, in turn, in one copy of the folder; None of what hangs."""

NUMBER = "1"
AMOUNT = "12.50"
"""What is put for a number, and for an amount of money, in a command that is tried."""
SAMPLE = "sample.txt"
"""A text of some lines that is put there for a command that wants a file where there is none."""
