"""For all tests."""

from hypothesis import settings

# A deadline would measure how busy the machine is, not whether the code is right.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
