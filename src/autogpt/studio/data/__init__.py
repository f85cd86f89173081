"""Data: files, folders and URLs of strangers become a Corpus; and what is done to one before a model learns from it."""

from autogpt.studio.data.load import load

__all__ = ["load"]
