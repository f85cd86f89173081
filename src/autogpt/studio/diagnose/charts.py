"""Charts: small SVG pictures as text, without scripts, fonts or links, so that a report is one file."""

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from autogpt.core.text import columns
from autogpt.locale import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLOURS = ("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f", "#475569", "#b45309")
_INK = "#334155"
_WIDTH = 560
"""Of charts with axes."""


def heatmap(values: "NDArray[np.float64]", down: Sequence[str], across: Sequence[str], *, counts: bool) -> str:
    """A matrix with names at its rows and columns. counts: whole numbers are written into the cells."""
    cell = 34 if len(across) <= 12 else 18
    left = 8 + min(160, 7 * max(map(columns, down), default=1))
    top = 8 + min(140, 7 * max(map(columns, across), default=1))
    most = float(values.max()) or 1.0
    body: list[str] = []
    for row, name in enumerate(down):
        y = top + row * cell
        body.append(_text(left - 5, y + cell / 2 + 4, name, anchor="end"))
        for column in range(len(across)):
            value = float(values[row, column])
            x, share = left + column * cell, max(0.0, value / most)
            hint = escape(f"{name} / {across[column]}: {value:.4g}")
            body.append(
                f'<rect x="{x}" y="{y}" width="{cell - 1}" height="{cell - 1}" fill="#2563eb" '
                f'fill-opacity="{share:.3f}" stroke="#e2e8f0"><title>{hint}</title></rect>'
            )
            if counts and cell > 20 and value:
                colour = "white" if share > 0.5 else _INK
                body.append(_text(x + cell / 2, y + cell / 2 + 4, f"{value:.0f}", anchor="middle", colour=colour))
    for column, name in enumerate(across):
        x = left + column * cell + cell / 2
        body.append(_text(x + 4, top - 6, name, turn=-60))
    return _svg(left + cell * len(across) + 70, top + cell * len(down) + 8, body)


def lines(
    series: Sequence[tuple[str, Sequence[tuple[float, float]]]], *, x: str, y: str, diagonal: bool = False
) -> str:
    """Points joined by lines. diagonal: the line where y is x, on axes from 0 to 1."""
    points = [point for _, each in series for point in each]
    if diagonal:
        points = [(0.0, 0.0), (1.0, 1.0)]
    legend, high = _legend([name for name, _ in series])
    frame = _Frame(points, x, y, above=high)
    body = [*legend, *frame.axes]
    if diagonal:
        body.append(frame.path([(0.0, 0.0), (1.0, 1.0)], "#94a3b8", dashed=True))
    for number, (name, each) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        body.append(frame.path(each, colour))
        if len(each) < 40:
            body += [frame.dot(point, colour, 3, f"{name}: {point[0]:.4g}, {point[1]:.4g}") for point in each]
    return _svg(frame.width, frame.height, body)


def scatter(
    points: Sequence[tuple[float, float]], groups: Sequence[int], names: Sequence[str], titles: Sequence[str]
) -> str:
    """Points coloured by group, each with its text on hovering."""
    legend, high = _legend(names[:12])
    frame = _Frame(points, say("first component"), say("second component"), height=360, above=high)
    body = [*legend, *frame.axes]
    for point, group, title in zip(points, groups, titles, strict=True):
        body.append(frame.dot(point, COLOURS[group % len(COLOURS)], 3.2, title, 0.65))
    return _svg(frame.width, frame.height, body)


def bars(values: Sequence[tuple[str, float]], *, unit: str = "") -> str:
    """Horizontal bars with their names and numbers."""
    left = 10 + min(230, 7 * max((columns(name) for name, _ in values), default=1))
    most = max((abs(value) for _, value in values), default=1.0) or 1.0
    body: list[str] = []
    for row, (name, value) in enumerate(values):
        y = 6 + row * 22
        body.append(_text(left - 6, y + 13, name, anchor="end"))
        width = 280 * abs(value) / most
        colour = COLOURS[0] if value >= 0 else COLOURS[1]
        body.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="17" fill="{colour}" fill-opacity="0.8"/>')
        body.append(_text(left + width + 5, y + 13, f"{value:.4g}{unit}"))
    return _svg(left + 380, 12 + 22 * len(values), body)


def image(values: "NDArray[np.float64]", scale: int) -> str:
    """A grey picture of a matrix from 0 (white) to its maximum (blue), too large to be drawn cell by cell."""
    import numpy as np
    from PIL import Image

    share = values / (values.max() or 1.0)
    ink = np.array([37, 99, 235])
    pixels = (255 - share[..., None] * (255 - ink)).astype(np.uint8)
    picture = Image.fromarray(pixels).resize(
        (values.shape[1] * scale, values.shape[0] * scale), Image.Resampling.NEAREST
    )
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    data = base64.b64encode(file.getvalue()).decode()
    width, height = picture.size
    return _svg(width, height, [f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/>'])


def photo(pixels: "NDArray[np.uint8]", side: int = 160) -> str:
    """A picture (height, width, 3), RGB bytes, as a JPEG `side` wide."""
    from PIL import Image

    height = max(1, round(side * pixels.shape[0] / pixels.shape[1]))
    # Small pictures are shown pixel by pixel: they are what the network reads.
    how = Image.Resampling.NEAREST if side > pixels.shape[1] else Image.Resampling.BILINEAR
    file = io.BytesIO()
    Image.fromarray(pixels).resize((side, height), how).save(file, "JPEG", quality=82, optimize=True)
    data = base64.b64encode(file.getvalue()).decode()
    return _svg(side, height, [f'<image width="{side}" height="{height}" href="data:image/jpeg;base64,{data}"/>'])


class _Frame:
    """Axes, and where a point lies between them. above: how high the legend over them is."""

    def __init__(self, points: Sequence[tuple[float, float]], x: str, y: str, *, height: int = 260, above: int) -> None:
        width, height = _WIDTH, height + above
        self.width, self.height = width, height
        xs, ys = [point[0] for point in points] or [0.0], [point[1] for point in points] or [0.0]
        self._x0, self._x1 = min(xs), max(xs) if max(xs) > min(xs) else min(xs) + 1
        self._y0, self._y1 = min(ys), max(ys) if max(ys) > min(ys) else min(ys) + 1
        left, right, top, bottom = 74, width - 14, above + 6, height - 40
        self._box = (left, right, top, bottom)
        self.axes = [
            f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#94a3b8"/>',
            _text((left + right) / 2, height - 6, x, anchor="middle"),
            _text(12, (top + bottom) / 2, y, anchor="middle", turn=-90),
        ]
        for share in (0.0, 0.5, 1.0):
            at_x, at_y = self.at((self._x0 + share * (self._x1 - self._x0), self._y0 + share * (self._y1 - self._y0)))
            value = f"{self._x0 + share * (self._x1 - self._x0):.4g}"
            self.axes.append(_text(at_x, bottom + 16, value, anchor="end" if share == 1 else "middle"))
            self.axes.append(_text(left - 5, at_y + 4, f"{self._y0 + share * (self._y1 - self._y0):.3g}", anchor="end"))

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        left, right, top, bottom = self._box
        x = left + (point[0] - self._x0) / (self._x1 - self._x0) * (right - left)
        return x, bottom - (point[1] - self._y0) / (self._y1 - self._y0) * (bottom - top)

    def path(self, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in map(self.at, points))
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        return f'<path d="M{drawn}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>' if drawn else ""

    def dot(self, point: tuple[float, float], colour: str, radius: float, title: str, opacity: float = 1.0) -> str:
        x, y = self.at(point)
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" fill-opacity="{opacity}">'
            f"<title>{escape(title)}</title></circle>"
        )


def _legend(names: Sequence[str]) -> tuple[list[str], int]:
    """Names with their colours, in as many lines as they need, and how high these are."""
    body: list[str] = []
    x, y = 66.0, 6
    for number, name in enumerate(names):
        short = name if len(name) <= 24 else name[:23] + "…"
        wide = 24 + 7.0 * columns(short)
        if x + wide > _WIDTH and x > 66:
            x, y = 66.0, y + 18
        body.append(f'<rect x="{x}" y="{y}" width="10" height="10" fill="{COLOURS[number % len(COLOURS)]}"/>')
        body.append(_text(x + 14, y + 9, short))
        x += wide
    return body, y + 14


def _text(x: float, y: float, text: str, *, anchor: str = "start", turn: int = 0, colour: str = _INK) -> str:
    short = text if len(text) <= 32 else text[:31] + "…"
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{turned}>{escape(short)}</text>'


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img">{"".join(body)}</svg>'
    )
