"""Leftovers: what a job that did not come to its end has left beside what it was to make, and names it still holds."""

import re
import shutil
from itertools import count
from pathlib import Path

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import CARD
from autogpt.studio.jobs import Job, Status, jobs, replaced, status, target_of
from autogpt.studio.jobs import remove as remove_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
WORK = ".training"
"""The folder in a checkpoint's that holds what resuming a training needs; it goes when the training is done."""


def searched(out: Path) -> Path:
    """Where the trials of a search lie while it goes."""
    return out.with_name(f".{out.name}.search")


def clear(out: Path) -> None:
    """Remove what a training that failed left where a checkpoint was to be; a checkpoint that is whole stays."""
    shutil.rmtree(searched(out), ignore_errors=True)
    shutil.rmtree(out / WORK if (out / CARD).exists() else out, ignore_errors=True)


def remove(folder: Path) -> None:
    """Delete what is kept of a job, and what it left half made; what is whole stays.

    Raises UsageError for a job at work.
    """
    found = status(folder)
    if found.state not in ("running", "done") and not replaced(folder):
        _clear(found.job)
    remove_folder(folder)


def place(checkpoints: Path, jobs_folder: Path, name: str) -> Path:
    """The folder for a new checkpoint of this name. What a training that failed left there is in nobody's way.

    Raises UsageError if a checkpoint has the name, or a job that is at work or can be taken up, or if it can be none.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a checkpoint; use letters, digits, '.', '_' and '-'")
    folder = checkpoints / name
    _be_free(folder, jobs(jobs_folder))
    return folder


def free_name(checkpoints: Path, jobs_folder: Path, task: str) -> Path:
    """The folder for a new checkpoint that nobody named."""
    known = jobs(jobs_folder)
    held = {target_of(one.job) for one in known if one.state != "failed"}
    folders = (checkpoints / f"{task}-{number}" for number in count(1))
    return next(folder for folder in folders if folder not in held and not folder.exists())


def _be_free(folder: Path, known: list[Status]) -> None:
    """Raises UsageError if the folder is not free for a new checkpoint. known: jobs, the newest first."""
    name, maker = folder.name, next((one for one in known if target_of(one.job) == folder), None)
    if (folder / CARD).exists():
        raise UsageError(f"there is a checkpoint {name!r} already; choose another name, or remove {str(folder)!r}")
    if maker is not None and maker.state == "running":
        raise UsageError(f"the job {maker.job.id} is making {name!r} now; choose another name")
    begun = folder.exists() or searched(folder).exists()
    if maker is not None and maker.state not in ("failed", "done") and begun:
        id = maker.job.id
        raise UsageError(
            f"the job {id} has begun {name!r}: `autogpt studio jobs resume {id}` goes on with it, "
            f"`autogpt studio jobs remove {id}` gives the name free"
        )
    if folder.exists() and any(folder.iterdir()) and maker is None and not (folder / WORK).exists():
        raise UsageError(f"{str(folder)!r} is there, and no checkpoint; choose another name, or remove it")


def _clear(job: Job) -> None:
    target = target_of(job)
    if target is None:
        return
    if job.kind == "train":
        clear(target)
        return
    shutil.rmtree(target.parent / f".{job.id}", ignore_errors=True)  # see `whole.deliver`
