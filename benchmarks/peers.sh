#!/bin/sh
# Makes one virtual environment for each peer, outside of the clone, with the versions that were measured.
# Usage: benchmarks/peers.sh [smolagents] [mini]     (default: both)
set -eu
cache="${AUTOGPT_BENCH_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/autogpt-bench}"
python="${PYTHON:-python3}"
mkdir -p "$cache"
for peer in "${@:-smolagents mini}"; do
  for name in $peer; do
    case "$name" in
      smolagents) packages="${SMOLAGENTS:-smolagents[openai]}" ;;
      mini) packages="${MINI:-mini-swe-agent}" ;;
      *) echo "no peer '$name'; there are: smolagents mini" >&2; exit 2 ;;
    esac
    test -x "$cache/$name/bin/python" || "$python" -m venv "$cache/$name"
    "$cache/$name/bin/python" -m pip install --quiet --disable-pip-version-check $packages
    "$cache/$name/bin/python" -m pip freeze > "$cache/$name/versions.txt"
    echo "$name: $cache/$name"
  done
done
