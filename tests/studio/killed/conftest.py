"""Small models of every kind, made once, and the jobs that kill themselves."""

import sys
from pathlib import Path

STUDIO = Path(__file__).parents[1]
sys.path[:0] = [str(STUDIO), str(STUDIO / "compress"), str(STUDIO / "export")]
