"""Goals on several sources, and on sources turned into another form, read in full: joined, compared, converted, changed."""
