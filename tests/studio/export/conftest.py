"""Small networks with a tokenizer made on the spot, and a real engine to ask."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
