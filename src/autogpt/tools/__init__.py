"""What the agent can do: typed functions with declared effects, and the box that runs them."""
