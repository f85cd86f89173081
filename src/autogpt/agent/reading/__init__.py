"""What the words of a goal demand, read by rules, as executable checks: files, data, functions, commands, texts."""
