"""One training in several processes: which of them this is, what the first hands the others, how a job begins them.

Begun by torchrun or `accelerate launch`, each process finds its place in the environment. A job that is to run in
several on this machine, or did and is taken up, begins the others itself: `python -P -m autogpt.studio.distributed
FOLDER`. They belong to the job's process group, so that what ends the job ends them.
"""

import atexit
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from autogpt.core.errors import AutoGPTError, TryAgain, UsageError

if TYPE_CHECKING:
    from torch.distributed import ProcessGroup

T = TypeVar("T")
_LOOK_AGAIN = 0.1
_MEET = timedelta(minutes=10)
"""How long processes wait for each other; they read the rows before, and may have to fetch the base."""
_END = 15.0
"""Seconds in which the others end by themselves when the first is done or has failed."""
_MPI = {
    "RANK": ("PMI_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK"),
    "WORLD_SIZE": ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE"),
    "LOCAL_RANK": ("MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_RANK"),
    "LOCAL_WORLD_SIZE": ("MPI_LOCALNRANKS", "OMPI_COMM_WORLD_LOCAL_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE"),
}
"""Under mpirun, which `accelerate launch` uses where it is given a host file, the same has other names."""


def world() -> int:
    """How many processes train together."""
    return _number("WORLD_SIZE", 1)


def first() -> bool:
    """Whether this is the process that has the job, keeps the checkpoint and says how far it is."""
    return _number("RANK", 0) == 0


def launched() -> tuple[int, int] | None:
    """Processes and machines, if torchrun, accelerate or mpirun began this process as one of several; else None.

    Raises UsageError where accelerate began one process though it was asked for more.
    """
    for name, others in _MPI.items():
        said = next((os.environ[other] for other in others if other in os.environ), None)
        if said is not None:
            os.environ.setdefault(name, said)
    if world() == 1:
        # Without a GPU accelerate leaves its --num_processes out of account, and says nothing.
        if (
            "ACCELERATE_MIXED_PRECISION" in os.environ
            and "WORLD_SIZE" not in os.environ
            and "MASTER_ADDR" in os.environ
        ):
            raise UsageError(
                "accelerate began one process only: without a GPU it wants --multi_gpu, and no --cpu; "
                "or leave it out and say --processes 2"
            )
        return None
    return world(), max(1, world() // max(1, _number("LOCAL_WORLD_SIZE", world())))


def places(asked: int) -> tuple[int, int]:
    """Processes and machines of a training to be begun: what a launcher says, or so many on this machine.

    Raises UsageError where both are said.
    """
    there = launched()
    if there and asked > 1:
        raise UsageError("--processes begins them itself; leave it out under torchrun and accelerate launch")
    return there or (asked, 1)


def check_places(job: str, processes: int, machines: int) -> None:
    """Raises UsageError where a job begun in so many processes cannot be taken up in as many from here."""
    here = launched()
    if here is None and machines > 1:
        each = processes // machines
        raise UsageError(
            f"the job {job} was begun on {machines} machines; on the first type: torchrun --nnodes {machines} "
            f"--node-rank 0 --nproc-per-node {each} --master-addr ADDRESS --master-port 29500 -m autogpt studio jobs "
            f"resume {job}; on the others what it was begun with there"
        )
    if here is not None and here[0] != processes:
        raise UsageError(
            f"the job {job} was begun in {processes} processes, not in {here[0]}; `autogpt studio jobs resume {job}` "
            "without a launcher begins as many as there were"
        )


def restarted() -> bool:
    """Whether torchrun or accelerate began this process anew, in place of one that was lost (--max-restarts)."""
    return world() > 1 and _number("TORCHELASTIC_RESTART_COUNT", 0) > 0


def meet() -> None:
    """Wait for the other processes, if there are any. On CPUs they talk by gloo.

    Raises TryAgain if not all come within ten minutes. (Once they have, each waits half an hour for the others' part.)
    """
    import torch

    if world() == 1 or torch.cuda.is_available() or torch.distributed.is_initialized():
        return
    from torch.distributed.rendezvous import rendezvous

    try:
        store, rank, size = next(rendezvous("env://", timeout=_MEET))
        # torchrun (2.13) keeps its store when it begins processes anew: what those before told must not be believed.
        store = torch.distributed.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
        store.set(f"here/{rank}", "")
        store.wait([f"here/{one}" for one in range(size)], _MEET)
    except torch.distributed.DistError as error:
        where, minutes = f"{os.environ.get('MASTER_ADDR')}:{os.environ.get('MASTER_PORT')}", _MEET.total_seconds() / 60
        raise TryAgain(
            f"not all {world()} processes of this training met at {where} within {minutes:g} minutes; "
            "see what the others say, and whether each machine reaches that address"
        ) from error
    torch.distributed.init_process_group("gloo", store=store, rank=rank, world_size=size)
    # Else gloo's threads may outlive the interpreter, and abort a process that had done its part (pytorch #190489).
    atexit.register(part)


def part() -> None:
    """Let go of the other processes, if there are any; they are not waited for."""
    import torch

    if _together():
        _groups.clear()
        torch.distributed.destroy_process_group()


def handed(value: T) -> T:
    """What the first process has, in all of them."""
    import torch

    if not _together():
        return value
    said = [value]
    torch.distributed.broadcast_object_list(said, src=0, group=_talk())
    return said[0]


def collected(value: T) -> list[T]:
    """What each process has, by rank, in the first one; nothing in the others."""
    import torch

    if not _together():
        return [value]
    found: list[Any] | None = [None] * world() if first() else None
    torch.distributed.gather_object(value, found, dst=0, group=_talk())
    return cast("list[T]", found or [])


def checkpoint_for_all(found: Path | None, work: Path) -> Path | None:
    """The first one's checkpoint of a killed training, in every process: where the disk is not shared, as a copy."""
    if not _together():
        return found
    held = found and {file.name: file.read_bytes() for file in found.iterdir() if file.is_file()}
    said = handed((found.name, held) if found and held else None)
    if said is None or first():
        return found
    here = work / said[0]
    here.mkdir(parents=True, exist_ok=True)
    for name, content in said[1].items():
        if not (here / name).exists():
            (here / name).write_bytes(content)
    return here


@contextmanager
def others(processes: int, folder: Path) -> Generator[Callable[[], None]]:
    """Within this, that many processes work on the job in the folder: this one, the first, and those it begins.

    What it gives is to be called before the training: it waits until the others have read their rows, and raises
    UsageError if one did not. For one process, and under a launcher, which began them all, nothing is done.
    """
    if processes == 1 or world() > 1:
        yield lambda: None
        return
    place = {"WORLD_SIZE": str(processes), "LOCAL_WORLD_SIZE": str(processes), "RANK": "0", "LOCAL_RANK": "0"}
    place |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port())}
    command = [sys.executable, "-P", "-m", "autogpt.studio.distributed", str(folder.absolute())]
    ready = [folder / f"ready-{rank}" for rank in range(1, processes)]
    children: list[subprocess.Popen[bytes]] = []
    for file in ready:
        file.unlink(missing_ok=True)
    try:
        for rank in range(1, processes):
            its = {**os.environ, **place, "RANK": str(rank), "LOCAL_RANK": str(rank)}
            children.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, env=its))
        yield lambda: _wait(children, ready, place)
    except BaseException:
        for child in children:
            child.terminate()
        raise
    finally:
        for name in place:
            os.environ.pop(name, None)
        for file in ready:
            file.unlink(missing_ok=True)
        _end(children)


def lost(error: RuntimeError) -> TryAgain | None:
    """What to tell if the error is that another process is gone; None if it is another."""
    import torch

    told = " ".join(str(error).split())
    gone = isinstance(error, torch.distributed.DistError) or any(
        word in told for word in ("gloo", "Connection closed by peer", "Connection reset by peer", "Broken pipe")
    )
    if world() == 1 or not gone:
        return None
    return TryAgain(f"another process of this training is gone ({told[:200]})")


def main(folder: Path) -> int:
    """Take part in the training of a job; returns the exit code. What is wrong is printed, so stands in its log."""
    from autogpt.studio.works import assist_job

    try:
        assist_job(folder, folder / f"ready-{os.environ['RANK']}")
    except AutoGPTError as error:
        print(f"process {os.environ['RANK']}: {error}", file=sys.stderr)
        return 1
    return 0


def _wait(children: "list[subprocess.Popen[bytes]]", ready: Sequence[Path], place: Mapping[str, str]) -> None:
    while not all(file.exists() for file in ready):
        if any(child.poll() is not None for child in children):
            raise UsageError("another process of this training did not come up; `autogpt studio jobs log` says why")
        time.sleep(_LOOK_AGAIN)
    os.environ.update(place)


def _end(children: "list[subprocess.Popen[bytes]]") -> None:
    """They end when the first is done, or gone; what does not is ended."""
    end = time.monotonic() + _END
    while any(child.poll() is None for child in children) and time.monotonic() < end:
        time.sleep(_LOOK_AGAIN)
    for child in children:
        if child.poll() is None:
            child.kill()
        child.wait()


def _together() -> bool:
    import torch

    return world() > 1 and torch.distributed.is_available() and torch.distributed.is_initialized()


_groups: "list[ProcessGroup]" = []


def _talk() -> "ProcessGroup | None":
    """Values are handed on by gloo: NCCL carries only what lies on a GPU. None is the group there is."""
    import torch

    if torch.distributed.get_backend() == "gloo":
        return None
    if not _groups:
        _groups.append(cast("ProcessGroup", torch.distributed.new_group(backend="gloo")))
    return _groups[0]


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _number(name: str, usual: int) -> int:
    said = os.environ.get(name, "")
    return int(said) if said.isdigit() else usual


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
