"""Measures an agent or a model on tasks with checks; the same checks tell the loop how its work stands."""
