"""Words for kinds of files, and the endings that such files have."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.reading.mentions import ENDINGS
from autogpt.core.contracts import FileHead

KNOWN = ENDINGS | frozenset(
    "tmp temp old doc xls ppt heic bmp tiff tif mov avi mkv flac ogg m4a rtf odt ods epub orig swp".split()
)
_NOT_BARE = frozenset("old orig temp lock env patch diff go c h rs conf".split())
"""Endings that are words or letters, too: files of them are meant only with the full stop."""
KINDS: dict[str, tuple[str, ...]] = {
    "markdown": ("md", "markdown"), "text": ("txt",), "plain text": ("txt",), "photo": ("jpg", "jpeg", "png", "heic", "gif", "webp", "tiff", "bmp"),
    "word": ("doc", "docx"), "excel": ("xls", "xlsx"), "powerpoint": ("ppt", "pptx"), "python": ("py",), "html": ("html", "htm"),
    "picture": ("jpg", "jpeg", "png", "heic", "gif", "webp", "tiff", "bmp", "tif", "svg"), "document": ("doc", "docx", "odt", "rtf", "pdf"), "scan": ("pdf", "jpg", "jpeg", "png", "tif", "tiff"), "jpeg": ("jpg", "jpeg"), "jpg": ("jpg", "jpeg"), "video": ("mp4", "mov", "avi", "mkv"), "yaml": ("yaml", "yml"), "log": ("log",),
}  # fmt: skip
SAME = {"image": "picture", "照片": "photo", "图片": "picture", "图像": "picture", "相片": "photo", "视频": "video",
         "文本": "text", "纯文本": "text", "日志": "log", "movie": "video", "扫描件": "scan"}  # fmt: skip


def kind_of(word: str, files: Sequence[FileHead]) -> tuple[str, ...]:
    """The endings of files of a kind: '.txt', 'txt', '*.txt', 'Markdown', 'photos'; () for what is none."""
    word = word.lower().strip()
    name = SAME.get(word.removesuffix("s"), SAME.get(word, word.removesuffix("s") if word not in KNOWN else word))
    if name in KINDS and not word.startswith((".", "*")):
        prose = {PurePosixPath(file.path).suffix.lower() for file in files} & {".md", ".rst", ".tex", ".csv"}
        return () if name == "text" and prose else KINDS[name]
    bare = word.removeprefix("*").removeprefix(".")
    dotted = word.startswith((".", "*."))
    name = bare if bare in KNOWN else bare.removesuffix("s")
    return (bare,) if dotted and re.fullmatch(r"\w{1,8}", bare) else (name,) if name in KNOWN - _NOT_BARE else ()


_PAPERS = frozenset("txt md tex xls xlsx csv ppt pptx ods odp epub html htm pages key".split())


def sharp(word: str, found: Sequence[FileHead], beside: Sequence[FileHead]) -> bool:
    """Whether there are no files beside those found that the same word, document or scan, may mean."""
    if word == "scan":
        return len({"scan" in PurePosixPath(file.path).stem.lower() for file in found}) == 1
    return not any(PurePosixPath(file.path).suffix.lower().lstrip(".") in _PAPERS for file in beside)
