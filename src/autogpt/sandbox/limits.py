"""What a sandbox may use, beyond what each Program asks for."""

from autogpt.core.schema import Value

MIB = 1024 * 1024


class Limits(Value):
    address_space_bytes: int = 4096 * MIB
    """Per process (RLIMIT_AS). 1 GiB breaks ordinary programs with many threads."""
    processes: int = 256
    """Processes and threads together (RLIMIT_NPROC)."""
    open_files: int = 4096
    disk_bytes: int = 1024 * MIB
    """How much the workspace may grow in one call. Watched: a burst may pass it by 50 ms of writing."""
    files: int = 50_000
    """How many files and folders one call may add."""
    output_keep_bytes: int = 256 * 1024
    """How much of the head of stdout, and of stderr, is kept."""
    output_kill_bytes: int = 64 * MIB
    """Both together; more than this ends the program."""
    tmp_bytes: int = 256 * MIB
    shm_bytes: int = 64 * MIB
    home_bytes: int = 16 * MIB
    cell_memory_bytes: int = 2048 * MIB
    """Resident memory of everything in a cell; a single program in it is held to its own limit first."""
    locked_bytes: int = 8 * MIB
