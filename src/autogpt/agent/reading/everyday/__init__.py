"""Everyday work on files that goals say in full: moved, copied, deleted, renamed, folders made, texts replaced or sorted."""
