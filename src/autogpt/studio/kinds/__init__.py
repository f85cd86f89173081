"""The kinds of tasks: one file for each family, all behind the contract in `autogpt.studio.kind`."""
