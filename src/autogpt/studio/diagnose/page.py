"""Page: sections as one HTML file that needs nothing else: no script, no font, no link leads out of it."""

from collections.abc import Sequence
from html import escape

from autogpt.locale import current, say
from autogpt.studio.diagnose.section import Gallery, LeftOut, Part, Picture, Section, Table, Words

_STYLE = """
:root{color-scheme:light}
body{font:15px/1.55 system-ui,-apple-system,"Segoe UI","Noto Sans",
"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
color:#1e293b;background:#f8fafc;margin:0}
main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0 0 4px} h2{font-size:19px;margin:0 0 8px}
section,.top{background:#fff;border:1px solid #e2e8f0;border-radius:10px;padding:18px 22px;margin:16px 0}
nav a{display:inline-block;margin:0 14px 4px 0;color:#1d4ed8;text-decoration:none}
p{margin:6px 0} .dim{color:#64748b;font-size:13px}
.warn{background:#fef3c7;border-left:4px solid #d97706;padding:8px 12px;margin:8px 0;border-radius:4px}
figure{margin:14px 0;overflow-x:auto} figcaption,caption{color:#64748b;font-size:13px;text-align:left;padding:2px 0}
table{border-collapse:collapse;font-size:14px;margin:10px 0;display:block;overflow-x:auto}
th,td{padding:4px 10px;border-bottom:1px solid #e2e8f0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td{white-space:pre-line}
th{background:#f1f5f9;white-space:nowrap} td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg text{font:11.5px system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif} svg{max-width:100%;height:auto}
.words{background:#fff;border:1px solid #e2e8f0;border-radius:6px;
padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere}
.gallery{display:flex;flex-wrap:wrap;gap:0 18px} .gallery figure{max-width:330px} .wide figure{max-width:500px}
summary{cursor:pointer;color:#1d4ed8}
"""


def render(title: str, about: Sequence[str], sections: Sequence[Section], omitted: Sequence[LeftOut] = ()) -> str:
    """The whole page. Everything that is not markup made here is escaped. omitted: told at its end."""
    warnings = [warning for section in sections for warning in section.warnings]
    links = "".join(f'<a href="#{escape(part.name)}">{escape(part.title)}</a>' for part in sections)
    top = "".join(f"<p>{escape(line)}</p>" for line in about)
    notes = "".join(f'<p class="warn">{escape(warning)}</p>' for warning in warnings)
    return (
        f'<!doctype html>\n<html lang="{current()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>{escape(title)}</h1><div class="top">{top}{notes}<nav>{links}</nav></div>'
        f"{''.join(map(_section, sections))}{_omitted(omitted)}</main></body></html>\n"
    )


def _section(section: Section) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in section.said)
    return (
        f'<section id="{escape(section.name)}"><h2>{escape(section.title)}</h2>{said}'
        f"{''.join(map(_part, section.parts))}</section>"
    )


def _omitted(omitted: Sequence[LeftOut]) -> str:
    if not omitted:
        return ""
    lines = "".join(f"<li>{escape(one.title)}: {escape(one.why)}</li>" for one in omitted)
    return f'<section id="left_out"><h2>{escape(say("Left out"))}</h2><ul class="dim">{lines}</ul></section>'


def _part(part: Part) -> str:
    match part:
        case Table():
            return _table(part)
        case Picture(svg, caption):
            return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
        case Gallery(pictures, wide):
            kind = "gallery wide" if wide else "gallery"
            return f'<div class="{kind}">{"".join(map(_part, pictures))}</div>'
        case Words(pieces, caption):
            shown = "".join(_piece(text, weight) for text, weight in pieces)
            return f'<figure><div class="words">{shown}</div><figcaption>{escape(caption)}</figcaption></figure>'


def _table(table: Table) -> str:
    if not table.rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in table.head)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    whole = (
        f"<table><caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
    if not table.folded:
        return whole
    folded = say("{what} ({count} rows)", what=table.caption or say("Details"), count=len(table.rows))
    return f"<details><summary>{escape(folded)}</summary>{whole}</details>"


def _cell(value: str | float | int) -> str:
    match value:
        case str():
            return f"<td>{escape(value)}</td>"
        case int():
            return f'<td class="n">{value:,}</td>'
        case float():
            return f'<td class="n">{value:.4g}</td>'


def _piece(text: str, weight: float) -> str:
    if abs(weight) < 0.02:
        return escape(text)
    colour = "5,150,105" if weight > 0 else "220,38,38"
    shade = f"rgba({colour},{0.6 * min(1.0, abs(weight)):.2f})"  # the text must stay readable
    return f'<span style="background:{shade}" title="{weight:+.3f}">{escape(text)}</span>'
