"""Work on one table that a goal says in full."""
