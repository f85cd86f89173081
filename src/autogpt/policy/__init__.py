"""What a run may do: a small pure function that never calls a model, and what surrounds it."""
