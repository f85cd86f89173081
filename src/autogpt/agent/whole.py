"""The survey of a folder with its long texts read to their end."""

from autogpt.agent.asking import MOST_READ
from autogpt.agent.context import Context
from autogpt.core.contracts import FileHead, Survey


async def read_whole(survey: Survey, ctx: Context) -> Survey:
    """The survey with the long texts read to their end, so that the passages that matter can be picked from them."""
    files: list[FileHead] = []
    for file in survey.files:
        if file.head and len(file.head.encode()) < file.size <= MOST_READ and len(files) < 40:
            text = await ctx.workspace.read(file.path, MOST_READ)
            files.append(file.model_copy(update={"head": text}) if text else file)
        else:
            files.append(file)
    return survey.model_copy(update={"files": tuple(files)})
