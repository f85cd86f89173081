"""Programs of small models: how they begin, their slips of the pen, what is dangerous, how they are tried."""
