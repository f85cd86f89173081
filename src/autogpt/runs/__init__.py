"""Durable runs: the plain loop, kept step by step, so that a run survives the end of its process."""
