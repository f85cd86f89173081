"""`python -m autogpt` is the command line."""

from autogpt.cli.main import main

main()
