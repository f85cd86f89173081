"""Programs that run inside the sandbox. Standard library only; each is sent as text and never imported by us there."""
