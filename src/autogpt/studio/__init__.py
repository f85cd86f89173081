"""The model studio: data in, a model out that is trained, shrunk, explained, exported, with a report that proves it."""
