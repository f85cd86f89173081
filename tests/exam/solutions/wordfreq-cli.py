from pathlib import Path

Path("wordfreq.py").write_text("""
import argparse, re, sys
from collections import Counter

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--top", type=int)
args = parser.parse_args()
try:
    text = open(args.file, encoding="utf-8").read()
except FileNotFoundError:
    sys.exit(f"{args.file} does not exist")
words = Counter(re.findall(r"[a-z']+", text.lower()))
for word, count in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[: args.top]:
    print(word, count)
""")
