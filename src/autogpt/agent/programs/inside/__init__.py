"""Programs of the agent that run inside the sandbox; standard library only."""
