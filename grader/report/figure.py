"""Pictures of what a function gives beside what is right, as inline SVG.

matplotlib draws what is the same for everybody, axes and the right values, once for each picture. A
student's own values are a line, or bars, put on top by the same scale: it takes a page no time.
Every byte depends on the values alone. Colours are those of the page, by CSS variables.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.checks import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.model import Verdict
    from grader.numerics import Array
    from grader.pictures import Picture

_SIZE: Final = (4.8, 2.7)  # inches, of which SVG has 72 units each
_BOX: Final = (0.09, 0.13, 0.89, 0.83)  # of the axes: left, bottom, width, height, as shares
_INK, _RIGHT = "#010203", "#040506"  # stand for the page's colours until they are put in
_MOST_BARS: Final = 6
_MARKS: Final = 5
_SEEN: Final = 0.01  # of the axis, below which a difference cannot be seen

Mark = tuple[float, float, float]  # an input, what came back, what is right


@dataclass(frozen=True)
class Drawing:
    """A picture as SVG, what it shows, and lines about what is not in it."""

    svg: str
    caption: str
    notes: tuple[str, ...] = ()

    @property
    def has_yours(self) -> bool:
        """Whether anything of the student's is to be seen."""
        return 'class="yours"' in self.svg

    @property
    def has_marks(self) -> bool:
        """Whether counterexamples are marked."""
        return 'class="mark"' in self.svg


@dataclass(frozen=True)
class Skeleton:
    """What is the same for everybody: the SVG without its end, and its scale."""

    svg: str
    name: str
    xs: tuple[float, float]
    ys: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is in the SVG; what is far outside of the axes is just outside."""
        left, bottom, width, height = _BOX
        wide, high = (72 * side for side in _SIZE)
        across = (x - self.xs[0]) / (self.xs[1] - self.xs[0])
        up = min(max((y - self.ys[0]) / (self.ys[1] - self.ys[0]), -0.5), 1.5)
        return wide * (left + width * across), high * (1 - bottom - height * up)

    def inside(self, x: float, y: float) -> bool:
        """Whether a point is within the axes."""
        return self.xs[0] <= x <= self.xs[1] and self.ys[0] <= y <= self.ys[1]


class Figures:
    """The pictures of an assignment."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._pictures = {picture.target: picture for picture in pictures}
        self._skeletons = {
            p.target: _curve(p) if p.kind == "curve" else _slots(p.target, len(p.x))
            for p in pictures
        }

    def of(
        self, target: str, values: Sequence[Any] | None, verdicts: Sequence[Verdict] = ()
    ) -> list[Drawing]:
        """The pictures of a target; `values` are a trace's, counterexamples are marked.

        Bars have a second picture where a counterexample is as short a vector.
        """
        picture = self._pictures.get(target)
        if picture is None:
            return []
        skeleton = self._skeletons[target]
        found = None if values is None else np.array([float(v) for v in values])
        if picture.kind == "curve":
            return [_line(skeleton, picture, found, _marks(picture, verdicts))]
        drawings = [_bars(skeleton, picture, picture.x, found)]
        for x, y in _short_vectors(picture, verdicts):
            name = f"{target}-of-{len(x)}"
            if name not in self._skeletons:
                self._skeletons[name] = _slots(name, len(x))
            drawings.append(_bars(self._skeletons[name], picture, x, y))
            break
        return drawings


def _curve(picture: Picture) -> Skeleton:
    right = picture.reference(picture.x)
    low, high = float(right.min()), float(right.max())
    margin = (high - low) * 0.14 or 1.0
    xs = (float(picture.x[0]), float(picture.x[-1]))
    ys = (low - margin, high + margin)

    def draw(axes: Any) -> None:
        axes.plot(picture.x, right, color=_RIGHT, linestyle=(0, (2.2, 1.1)), linewidth=2.6)

    return Skeleton(_drawn(picture.target, xs, ys, draw), picture.target, xs, ys)


def _slots(name: str, count: int) -> Skeleton:
    xs, ys = (-0.6, count - 0.4), (0.0, 1.12)

    def draw(axes: Any) -> None:
        axes.set_xticks(range(count), [""] * count)

    return Skeleton(_drawn(name, xs, ys, draw), name, xs, ys)


def _drawn(name: str, xs: tuple[float, float], ys: tuple[float, float], draw: Any) -> str:
    """Axes with something in them as matplotlib draws them, made fit to stand in a page."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = {
        "svg.fonttype": "none", "svg.hashsalt": name, "font.size": 8, "axes.edgecolor": _INK,
        "axes.linewidth": 0.6, "xtick.color": _INK, "ytick.color": _INK, "grid.color": _INK,
        "grid.alpha": 0.15, "grid.linewidth": 0.5,
    }  # fmt: skip
    with mpl.rc_context(style):
        figure = Figure(figsize=_SIZE)
        axes = figure.add_axes(_BOX)
        axes.grid(visible=True)
        draw(axes)
        axes.set(xlim=xs, ylim=ys)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        made = io.StringIO()
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(made, metadata={"Date": None})
    return _as_part_of_page(made.getvalue(), name)


def _as_part_of_page(svg: str, name: str) -> str:
    inner = svg[svg.index("<defs>") : svg.rindex("</svg>")]
    inner = re.sub(r"<metadata>.*?</metadata>\s*", "", inner, flags=re.DOTALL)
    inner = re.sub(r'<g id="patch_1">.*?</g>\s*', "", inner, count=1, flags=re.DOTALL)  # background
    inner = re.sub(r'<g id="patch_2">.*?</g>\s*', "", inner, count=1, flags=re.DOTALL)
    inner = re.sub(r'<g id="[^"]*"', "<g", inner)
    # A page has several pictures, and an id only once.
    inner = re.sub(r'((?:id="|href="#|url\(#))', rf"\g<1>{name.lower()}-", inner)
    inner = inner.replace(_INK, "currentColor").replace(_RIGHT, "var(--right)")
    wide, high = (72 * side for side in _SIZE)
    left, top = wide * _BOX[0], high * (1 - _BOX[1] - _BOX[3])
    frame = (
        f'<clipPath id="{name.lower()}-frame"><rect x="{left:.1f}" y="{top:.1f}" '
        f'width="{wide * _BOX[2]:.1f}" height="{high * _BOX[3]:.1f}"/></clipPath>'
    )
    return f'viewBox="0 0 {wide:g} {high:g}" role="img">{frame}{inner}'


def _whole(
    skeleton: Skeleton, caption: str, parts: Iterable[str], notes: Iterable[str] = ()
) -> Drawing:
    svg = f'<svg aria-label="{escape(caption)}" {skeleton.svg}{"".join(parts)}</svg>'
    return Drawing(svg, caption, tuple(notes))


def _line(
    skeleton: Skeleton, picture: Picture, values: Array | None, marks: Sequence[Mark]
) -> Drawing:
    parts, notes = [], []
    if values is None:
        notes.append("It gave no numbers that could be drawn.")
    else:
        parts.append(f'<g clip-path="url(#{skeleton.name.lower()}-frame)">')
        parts += [
            f'<polyline class="yours" points="{points}"/>'
            for points in _strokes(skeleton, picture.x, values)
        ]
        parts.append("</g>")
        gaps = int(np.isnan(values).sum())
        if gaps:
            notes.append(f"It gave nan in {gaps} of {len(values)} places.")
    for x, y, right in marks:
        if skeleton.inside(x, y):
            cx, cy = skeleton.at(x, y)
            parts.append(f'<circle class="mark" cx="{cx:.1f}" cy="{cy:.1f}" r="4"/>')
        else:
            notes.append(
                f"Not in the picture: for {number(x)} it gave {number(y)}; right is "
                f"{number(right)}."
            )
    low, high = map(number, skeleton.xs)
    return _whole(skeleton, f"{picture.target} from {low} to {high}", parts, notes)


def _strokes(skeleton: Skeleton, xs: Array, ys: Array) -> Iterable[str]:
    """The points of a line, in pieces where values lack."""
    points: list[str] = []
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if math.isnan(y):
            if points:
                yield _stroke(points)
            points = []
        else:
            px, py = skeleton.at(x, min(max(y, -1e300), 1e300))
            points.append(f"{px:.1f},{py:.1f}")
    if points:
        yield _stroke(points)


def _stroke(points: list[str]) -> str:
    """A point alone is a line to itself, which shows with round ends."""
    return " ".join(points * 2 if len(points) == 1 else points)


def _bars(skeleton: Skeleton, picture: Picture, x: Array, values: Array | None) -> Drawing:
    right = picture.reference(x)
    parts = []
    bottom = skeleton.at(0, 0)[1]
    for place, (given, truth) in enumerate(zip(x.tolist(), right.tolist(), strict=True)):
        value = math.nan if values is None else float(values[place])
        for kind, shift, high in (("right", 0.0, truth), ("yours", 0.26, value)):
            drawn = 0.0 if math.isnan(high) else min(max(high, 0.0), skeleton.ys[1])
            left, top = skeleton.at(place - 0.28 + shift, drawn)
            width = skeleton.at(0.26, 0)[0] - skeleton.at(0, 0)[0]
            if not math.isnan(high):
                parts.append(
                    f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" '
                    f'width="{width:.1f}" height="{max(bottom - top, 0):.1f}"/>'
                )
            if kind == "yours":
                parts.append(
                    f'<text x="{left + width / 2:.1f}" y="{top - 3:.1f}">'
                    f"{'none' if values is None else number(value, 2)}</text>"
                )
        middle = skeleton.at(place, 0)[0]
        parts.append(f'<text x="{middle:.1f}" y="{bottom + 13:.1f}">{number(given)}</text>')
    shown = ", ".join(number(v) for v in x.tolist())
    notes = ["It gave no numbers that could be drawn."] if values is None else []
    return _whole(skeleton, f"{picture.target} of [{shown}]", parts, notes)


def _marks(picture: Picture, verdicts: Iterable[Verdict]) -> list[Mark]:
    """The numbers in counterexamples whose answers are visibly wrong."""
    marks: dict[float, Mark] = {}
    for x, y in _pairs(picture, verdicts):
        x, y = x.ravel(), y.ravel()  # noqa: PLW2901
        right = picture.reference(x).astype(np.float64).ravel()
        for given, came, truth in zip(x.tolist(), y.tolist(), right.tolist(), strict=True):
            visible = abs(came - truth) > _SEEN * max(1.0, abs(truth)) or math.isnan(came)
            if visible and not (math.isnan(came) and math.isnan(truth)):
                marks.setdefault(given, (given, came, truth))
    return list(marks.values())[:_MARKS]


def _pairs(picture: Picture, verdicts: Iterable[Verdict]) -> Iterable[tuple[Array, Array]]:
    """Input and output of counterexamples of the same call, where both are as many numbers."""
    for verdict in verdicts:
        found = verdict.counterexample
        same = found is not None and found.call == picture.call and list(found.inputs) == ["x"]
        if found is None or not same or found.output is None:
            continue
        try:
            x = np.array(found.inputs["x"], dtype=np.float64)
            y = np.array(found.output, dtype=np.float64)
        except (TypeError, ValueError):  # cut, ragged, or no numbers
            continue
        if x.size and x.size == y.size:
            yield x, y


def _short_vectors(picture: Picture, verdicts: Iterable[Verdict]) -> Iterable[tuple[Array, Array]]:
    for x, y in _pairs(picture, verdicts):
        if x.ndim == 1 and 1 < x.size <= _MOST_BARS:
            yield x, y.ravel()
