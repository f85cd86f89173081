"""AutoGPT: an autonomous agent that finishes, proves it, and is safe."""
