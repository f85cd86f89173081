"""Diagnosis: what a model gets wrong, what it looks at, and whether its score can be trusted, as a page and as JSON."""
