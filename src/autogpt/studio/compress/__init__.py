"""Compression: a trained encoder made smaller and faster, measured before and after on the same inputs."""
