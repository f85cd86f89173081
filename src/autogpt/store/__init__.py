"""Where runs are kept: the journal of events, a table to list runs by, artifacts by content, locks on workspaces."""
