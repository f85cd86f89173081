"""The command line: reads arguments, calls App, shows what happens. Does nothing itself."""
