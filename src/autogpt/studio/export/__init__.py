"""Exporting: a checkpoint becomes a file that other programs run, and the file is asked whether it answers alike."""
