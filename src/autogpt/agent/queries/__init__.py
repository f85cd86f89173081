"""Work on tables by one query: what a small model writes more surely than a program."""
