"""Files that come out of their folders, and folders that are left empty: 'move them one level up and remove the empty folder'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.folders import folder_of
from autogpt.agent.reading.everyday.picking import Pick, picked
from autogpt.core.check import Check, PythonHolds
from autogpt.core.contracts import FileHead

_V = r"(?:move|bring|take|pull|put|get)"
_UP = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_V}\s+(?P<f>.+?)\s+(?:(?:up\s+)?(?:by\s+)?one\s+(?:level|folder|directory)\s+(?:up|higher)|up\s+(?:by\s+)?(?:one|a)\s+(?:level|folder|directory)|(?:up\s+)?(?:in)?to\s+(?:the|its|their)\s+(?:parent|upper|enclosing)\s+(?:folder|directory)|(?:up\s+)?(?:in)?to\s+the\s+(?:folder|level|directory)\s+above)",
        r"(?:把|将)(?P<f>.+?)(?:都|全部)*(?:移动?|挪|放)(?:到|至)(?:上一级|上级|上一层|父)(?:的)?(?:文件夹|目录)?(?:里|中)?(?:去)?",
    )
)
_HERE = r"(?:(?:up\s+)?(?:in)?to\s+(?:this|the\s+(?:main|top|current|root|working))\s*(?:folder|directory|level)|(?:up\s+)?here)"
_OUT = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_V}\s+(?P<f>.+?)\s+(?:that\s+are\s+)?(?:out\s+of|from|in|inside)\s+(?:all\s+)?(?:of\s+)?(?:(?:the|its|my|any)\s+)?sub-?(?:folders|directories)\s+{_HERE}",
        r"(?:把|将)(?:所有|各个?|全部)?(?:的)?子(?:文件夹|目录)(?:里|中|下)(?:面)?的(?P<f>.+?)(?:都|全部)*(?:移动?|挪|放)(?:到|至)(?:当前|这个|本|主|最外层|根|外层)(?:的)?(?:文件夹|目录)?(?:里|中|来)?",
    )
)
_LEVELLED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_V}\s+(?P<f>.+?)\s+(?:that\s+are\s+)?(?:out\s+of|from|in|inside)\s+(?:all\s+)?(?:of\s+)?(?:the\s+)?sub-?(?:folders|directories)\s+of\s+(?:the\s+folder\s+)?(?P<of>\S+)\s+"
        r"(?:directly\s+|straight\s+|right\s+|up\s+)*(?:in)?to\s+(?:the\s+folder\s+)?(?P<to>\S+?)(?:\s+(?:itself|directly))?",
        r"(?:把|将)\s*(?P<of>\S+?)\s*(?:文件夹|目录)?(?:里|中|下)?(?:面)?的?(?:所有|各个?|全部)?(?:的)?子(?:文件夹|目录)(?:里|中|下)(?:面)?的(?P<f>.+?)(?:都|全部)*(?:直接)?(?:移动?|挪|放)(?:到|至)\s*(?P<to>\S+?)\s*(?:文件夹|目录)?(?:里|中|下)?",
    )
)
"""Files from all subfolders of a folder into that folder itself."""
_CLEAR_THEM = re.compile(
    r"(?:delete|remove|get\s+rid\s+of)\s+(?:all\s+)?(?:the|these|those|its|their)\s+sub-?(?:folders|directories)(?:\s+(?:themselves|afterwards|after\s+that|then|too))*|"
    r"(?:删除|删掉|清除|去掉)(?:这些|那些|各个)?子(?:文件夹|目录)|(?:把|将)(?:这些|那些|各个)?子(?:文件夹|目录)(?:都|全部|也)*(?:删除|删掉|删了|清除)",
    re.I,
)
"""The subfolders from which all was taken out before."""
_CLEAR = re.compile(
    r"(?:delete|remove|get\s+rid\s+of)\s+(?P<all>all\s+|any\s+)?(?:of\s+)?(?:the\s+)?(?:now\s+|then\s+|resulting\s+)?(?:empty|emptied)\s+(?:sub-?)?(?:folders?|directory|directories)(?:\s+(?:that\s+(?:is|are)\s+)?(?:left(?:\s+over|\s+behind)?|afterwards|after\s+that|then|now))*|"
    r"(?:delete|remove)\s+(?:the\s+)?(?:sub-?)?(?:folders?|directory|directories)\s+(?:that\s+(?:is|are)|which\s+(?:is|are)|if\s+(?:it|they)\s+(?:is|are))\s+(?:then\s+|now\s+)?empty(?:\s+(?:then|now|afterwards|after\s+that))?|"
    r"(?:删除|删掉|清除|去掉)(?P<zall>所有|全部)?(?:的)?(?:已经?)?(?:变|剩下的?|留下的?)?空(?:的|了的)?(?:子)?(?:文件夹|目录)|(?:把|将)(?P<zall2>所有|全部)?(?:的)?(?:已经?)?(?:变|剩下的?|留下的?)?空(?:的|了的)?(?:子)?(?:文件夹|目录)(?:都|全部)?(?:删除|删掉|删了|清除)",
    re.I,
)


def lifted(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The files that a clause takes out of their folders, or the folders it removes as empty; None for any other clause."""
    if match := _CLEAR.fullmatch(clause):
        everywhere = bool(match["all"] or match["zall"] or match["zall2"]) or not said.deeds.touched
        emptied = _emptied(ground, said.deeds)
        if everywhere:
            return Deeds(clear=("",)), said._replace(verb="clear")
        return (Deeds(clear=emptied), said._replace(verb="clear")) if emptied else None
    if _CLEAR_THEM.fullmatch(clause):
        emptied = _emptied(ground, said.deeds)
        around = {str(PurePosixPath(folder).parent) for folder in emptied}
        left = {f for f in ground.folders - {*emptied} if str(PurePosixPath(f).parent) in around}
        outside = any(folder not in emptied and folder != said.folder for folder in left)
        return (Deeds(clear=emptied), said._replace(verb="clear")) if emptied and said.folder and not outside else None
    for pattern in _LEVELLED:
        if (match := pattern.fullmatch(clause)) and (deeds := _levelled(match, ground, said)):
            return deeds
    for patterns, top in ((_UP, False), (_OUT, True)):
        for pattern in patterns:
            match = pattern.fullmatch(clause)
            found = _files(match["f"], ground, said, top=top) if match else None
            if not found:
                continue
            pairs = tuple((file.path, _place(PurePosixPath(file.path), top=top)) for file in found)
            return Deeds(moves=pairs), said._replace(verb="move", folder="")
    return None


def _levelled(match: re.Match[str], ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The files of all subfolders of one folder, moved into that folder."""
    folder = folder_of(match["of"], ground, said)
    pick: Pick | None = picked(match["f"], ground.goal, ground.files)
    if not folder or folder not in ground.folders or folder_of(match["to"], ground, said) != folder:
        return None
    if pick is None or pick.rest or pick.within or pick.deep is not None:
        return None
    found = ground.choose(pick._replace(within=folder), said.deeds.touched, deep=True) or []
    pairs = tuple(
        (file.path, f"{folder}/{PurePosixPath(file.path).name}")
        for file in found
        if str(PurePosixPath(file.path).parent) != folder
    )
    return (Deeds(moves=pairs), said._replace(verb="move", folder=folder)) if pairs else None


def _files(phrase: str, ground: Ground, said: Said, *, top: bool) -> list[FileHead]:
    pick: Pick | None = picked(phrase, ground.goal, ground.files)
    if (
        pick is None
        or pick.rest
        or (top and (pick.within or pick.deep is not None))
        or not (top or pick.within or pick.tests)
    ):
        return []
    # 'Everything' in a folder that has folders means these as well.
    found = ground.choose(pick, said.deeds.touched, deep=top) or []
    found = [file for file in found if "/" in file.path]
    return found if top or len({PurePosixPath(file.path).parent for file in found}) == 1 else []


def _place(path: PurePosixPath, *, top: bool) -> str:
    return path.name if top else str(path.parent.parent / path.name)


def _emptied(ground: Ground, deeds: Deeds) -> tuple[str, ...]:
    """The folders in which no file is left after the deeds, the innermost first."""
    gone = {old for old, _ in deeds.moves} | set(deeds.removes)
    kept = {path for path in ground.paths if path not in gone} | {new for _, new in (*deeds.moves, *deeds.copies)}
    holding = {str(parent) for path in kept for parent in PurePosixPath(path).parents}
    was = {str(parent) for path in gone for parent in PurePosixPath(path).parents} - {"."}
    return tuple(sorted(was - holding, key=lambda folder: (-folder.count("/"), folder)))


def cleared(folders: tuple[str, ...]) -> list[Check]:
    """The checks that these folders are gone, or, for '', all that hold nothing."""
    if "" in folders:
        code = "import pathlib\nleft = [str(path) for path in pathlib.Path('.').rglob('*') if path.is_dir() and not any(part.startswith('.') for part in path.parts) and not any(path.iterdir())]\nassert not left, f'folders that are empty: {left[:8]}'"
        return [PythonHolds(code=code, label="no folder is empty", source="goal")]
    code = f"import pathlib\nleft = [path for path in {list(folders)!r} if pathlib.Path(path).exists()]\nassert not left, f'still there: {{left}}'"
    return [PythonHolds(code=code, label=f"these folders are gone: {', '.join(folders[:8])}", source="goal")]
