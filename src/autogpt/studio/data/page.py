"""The profile as one page: no script, nothing loaded from anywhere, every text of the data shown as text only."""

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path

from autogpt.core.errors import UsageError
from autogpt.locale import current, say, translate
from autogpt.studio.data.profile import Profile, SplitProfile
from autogpt.studio.data.redact import secret
from autogpt.studio.data.room import check_room

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;width:100%}
th,td{text-align:left;padding:.2rem .7rem .2rem 0;border-bottom:1px solid #8884;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;width:1%}
.bar{background:#4a86c8;height:.8em;min-width:1px;display:block}
.warn{border-left:4px solid #d08a00;padding:.2rem .8rem;margin:.3rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8881;padding:.6rem;margin:.4rem 0}
td{overflow-wrap:anywhere} th{white-space:nowrap}
"""


def page_files(path: Path) -> tuple[Path, Path]:
    """The page and the JSON beside it. Raises UsageError for a name that does not end in .html."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{str(path)!r} is no name for a page; give one that ends in .html (-o), such as profile.html")
    return path, path.with_suffix(".json")


def write_page(profile: Profile, path: Path, *, overwrite: bool = False) -> tuple[Path, Path]:
    """Write the page and, beside it, the same as JSON; returns both paths. `path` ends in .html.

    overwrite: files that are there already are replaced, except what the rows came from.
    Raises UsageError for files that cannot or must not be written.
    """
    files = page_files(path)
    check_room(files, profile.sources, overwrite=overwrite)
    parts = [target.with_name(f".{target.name}.{secrets.token_hex(4)}.part") for target in files]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for part, text in zip(parts, (page(profile), profile.model_dump_json(indent=1) + "\n"), strict=True):
            part.write_text(text, "utf-8")
        for part, target in zip(parts, files, strict=True):
            part.replace(target)
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be written: {error.strerror or error}") from None
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return files


def page(profile: Profile) -> str:
    """The page as HTML, whole in itself."""
    total = sum(split.rows for split in profile.splits.values())
    sources = ", ".join(profile.sources[:20]) + (" …" if len(profile.sources) > 20 else "")
    parts = [
        f"<h1>{escape(say('{count} rows for {task}', count=f'{total:,}', task=profile.task))}</h1>",
        f"<p>{_shown(say('From {sources}', sources=sources))}</p>",
        *(f'<p class="warn">{_shown(warning)}</p>' for warning in profile.warnings),
        _table(
            ("", say("rows"), say("words: least"), say("median"), "95 %", say("most"), say("languages")),
            [
                (
                    name,
                    split.rows,
                    split.lengths.least,
                    split.lengths.median,
                    split.lengths.p95,
                    split.lengths.most,
                    ", ".join(f"{code} {share:.0%}" for code, share in list(split.languages.items())[:5]),
                )
                for name, split in profile.splits.items()
            ],
        ),
        f"<h2>{say('Copies, leaks, secrets')}</h2>",
        _table(
            (say("what"), say("rows")),
            [
                (say("say the same as another row"), profile.same),
                (say("nearly say the same as another row"), profile.alike),
                *((_leak(name), count) for name, count in profile.leakage.items()),
                (say("texts with different labels"), profile.conflicts),
                *((say("found: {kind}", kind=secret(kind)), count) for kind, count in profile.secrets.items()),
                (say("left out as malformed"), profile.rejected_count),
            ],
        ),
        *(_split(name, split) for name, split in profile.splits.items()),
    ]
    if profile.rejected:
        rows = [(row.where, translate(row.reason)) for row in profile.rejected]
        head = say("Left out ({count})", count=f"{profile.rejected_count:,}")
        parts += [f"<h2>{head}</h2>", _table((say("where"), say("why")), rows)]
    return (
        f'<!doctype html>\n<html lang="{current()}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(profile.task)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _split(name: str, split: SplitProfile) -> str:
    bars = split.lengths.histogram
    lengths = {say("up to {edge}", edge=f"{edge:,}"): count for edge, count in bars[:-1]}
    lengths[say("over {edge}", edge=f"{bars[-2][0]:,}")] = bars[-1][1]
    parts = [f"<h2>{escape(name)}</h2>"]
    if split.lengths.most:  # images have none
        parts += [f"<h3>{say('Length in words')}</h3>", _bars(lengths)]
    if split.labels:
        parts += [f"<h3>{say('Labels ({count})', count=len(split.labels))}</h3>", _bars(split.labels)]
    parts.append(f"<h3>{say('Examples')}</h3>")
    parts += [f"<pre>{_shown(json.dumps(row, ensure_ascii=False, indent=1))}</pre>" for row in split.examples]
    return "\n".join(parts)


def _leak(name: str) -> str:
    """'train in test' as a line of the table."""
    one, _, other = name.partition(" in ")
    return say("{split} also in {other}", split=one, other=other)


def _bars(counts: Mapping[str, int]) -> str:
    most = max(counts.values(), default=0) or 1
    rows = [
        f'<tr><td>{_shown(name)}</td><td class="n">{count:,}</td>'
        f'<td style="width:60%"><span class="bar" style="width:{100 * count / most:.1f}%"></span></td></tr>'
        for name, count in counts.items()
    ]
    return f"<table>{''.join(rows)}</table>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> str:
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>{body}</table>"


def _cell(value: str | int) -> str:
    return f'<td class="n">{value:,}</td>' if isinstance(value, int) else f"<td>{_shown(value)}</td>"


def _shown(text: str) -> str:
    """Text of strangers as text: no tag, no control character, no mark that turns the direction of writing."""
    plain = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    return escape(plain)
