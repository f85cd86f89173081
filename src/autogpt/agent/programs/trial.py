"""How programs are tried: what every check and probe that starts what the goal shows has in common."""

RUNS = """\
import pathlib, shutil, subprocess, sys, tempfile

def runs(commands):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder, 'copy')
        shutil.copytree('.', place, symlinks=True, ignore=shutil.ignore_patterns('__pycache__', '.git'))
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
