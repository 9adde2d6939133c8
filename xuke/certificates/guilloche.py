"""The engraved lines of a certificate: woven bands, corner rosettes and the large rosette behind the text.

Everything is computed. A curve is given by a formula and written as cubic Béziers with its own tangents, so that few
segments look engraved at any size. What repeats (a wave of a band, a petal of a ring) is drawn once and placed often,
which keeps the file small. Lengths are millimetres of the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

Point = tuple[float, float]
Curve = Callable[[float], Point]
TAU = 2 * math.pi

NAVY, BLUE, GOLD = "#0f2846", "#1b4f8f", "#a9853f"
PAPER, PALE = "#fffdf8", "#dbe5f1"


@dataclass(frozen=True, slots=True)
class Frame:
    """A page and the frame on it, from the paper's edge inwards."""

    width: float
    height: float
    margin: float = 9
    band: float = 12

    @property
    def begin(self) -> float:
        """Where the band begins."""
        return self.margin + 1.4

    @property
    def corner(self) -> float:
        """The side of a corner square."""
        return self.band + 4


@cache
def frame_svg(frame: Frame) -> str:
    """The border of a certificate, on its own pale paper."""
    end = frame.begin + frame.band
    return _svg(
        frame.width,
        frame.height,
        _rectangle(frame, frame.margin, NAVY, 1.1, PAPER),
        _rectangle(frame, frame.begin, NAVY, 0.25),
        *_bands(frame),
        _rectangle(frame, end, NAVY, 0.25),
        _rectangle(frame, end + 1.3, GOLD, 0.6),
        *_corners(frame),
    )


@cache
def rosette_svg(radius: float = 100) -> str:
    """The large rosette behind the text: a wheel of circles in a ring of petals, with a smaller one at its heart."""
    parts = (
        *_petals("rim", radius * 0.99, 0.055, 36, 4),
        *_wheel("wheel", radius * 0.47, radius * 0.41, 48),
        *_petals("collar", radius * 0.34, 0.16, 24, 3),
        *_wheel("heart", radius * 0.135, radius * 0.115, 24),
    )
    drawing = f'<g transform="translate({_n(radius)} {_n(radius)})">{_stroked(PALE, 0.3, "".join(parts))}</g>'
    return _svg(2 * radius, 2 * radius, drawing)


# ---- bands ----------------------------------------------------------------------------------------------------------

_BUNDLE = (-0.45, -0.27, -0.09, 0.09, 0.27, 0.45)
"""The shifts of the waves in one bundle."""


def _bands(frame: Frame) -> Iterator[str]:
    """Four woven bands between the corners; each holds a whole number of waves."""
    near, middle = frame.begin + frame.corner, frame.begin + frame.band / 2
    across, down = frame.width - 2 * near, frame.height - 2 * near
    amplitude = frame.band / 2 - 0.9
    for name, length in (("across", across), ("down", down)):
        count = round(length / (amplitude * 3.4))
        yield f'<defs><g id="{name}">{_wave(length / count, amplitude)}</g></defs>'
        for index in range(count):
            along = near + length * index / count
            for aside in (middle, (frame.height if name == "across" else frame.width) - middle):
                place = (
                    f"translate({_n(along)} {_n(aside)})"
                    if name == "across"
                    else f"translate({_n(aside)} {_n(along)}) rotate(90)"
                )
                yield f'<use href="#{name}" transform="{place}"/>'


def _wave(length: float, amplitude: float) -> str:
    """One wave of two bundles that cross like a plait, the one half a wave behind the other."""

    def strand(shift: float) -> Curve:
        return lambda t: (t * length, amplitude * math.sin(TAU * t + shift))

    bundles = ((GOLD, math.pi), (BLUE, 0.0))
    return "".join(
        _stroked(colour, 0.18, _path(*(_curve(strand(behind + shift), 4) for shift in _BUNDLE)))
        for colour, behind in bundles
    )


# ---- corners and rosettes -------------------------------------------------------------------------------------------


def _corners(frame: Frame) -> Iterator[str]:
    half = frame.corner / 2
    drawing = (
        f'<rect x="{_n(-half)}" y="{_n(-half)}" width="{_n(2 * half)}" height="{_n(2 * half)}" fill="{PAPER}" '
        f'stroke="{NAVY}" stroke-width=".25"/>'
        + _stroked(BLUE, 0.17, "".join(_petals("petals", half * 0.93, 0.32, 8, 5)))
        + _stroked(GOLD, 0.2, "".join(_petals("core", half * 0.5, 0.42, 8, 3)))
    )
    yield f'<defs><g id="corner">{drawing}</g></defs>'
    near = frame.begin + half
    for x in (near, frame.width - near):
        for y in (near, frame.height - near):
            yield f'<use href="#corner" transform="translate({_n(x)} {_n(y)})"/>'


def _wheel(name: str, distance: float, radius: float, count: int) -> Iterator[str]:
    """Circles around the origin whose centres stand on a circle."""
    yield f'<defs><circle id="{name}" cx="{_n(distance)}" cy="0" r="{_n(radius)}"/></defs>'
    yield from _turned(name, count)


def _petals(name: str, radius: float, depth: float, petals: int, turns: int) -> Iterator[str]:
    """A wavy circle around the origin, repeated while it turns through one petal."""

    def wavy(turn: int) -> Curve:
        def at(t: float) -> Point:
            angle = TAU * t / petals
            r = radius * (1 - depth + depth * math.cos(TAU * t + TAU * turn / turns))
            return r * math.cos(angle), r * math.sin(angle)

        return at

    yield f"<defs>{_path(*(_curve(wavy(turn), 4) for turn in range(turns)), name=name)}</defs>"
    yield from _turned(name, petals)


def _turned(name: str, count: int) -> Iterator[str]:
    for index in range(count):
        yield f'<use href="#{name}" transform="rotate({_n(360 * index / count)})"/>'


# ---- drawing --------------------------------------------------------------------------------------------------------


def _curve(curve: Curve, segments: int) -> str:
    """A curve from 0 to 1 as cubic Béziers through its own points, with its own tangents."""
    marks = [index / segments for index in range(segments + 1)]
    points = [(curve(t), _tangent(curve, t, 1 / segments / 3)) for t in marks]
    (x, y), _ = points[0]
    drawn = [f"M{_n(x)} {_n(y)}"]
    for ((ax, ay), (adx, ady)), ((bx, by), (bdx, bdy)) in pairwise(points):
        drawn.append(f"C{_n(ax + adx)} {_n(ay + ady)} {_n(bx - bdx)} {_n(by - bdy)} {_n(bx)} {_n(by)}")
    return "".join(drawn)


def _tangent(curve: Curve, t: float, scale: float) -> Point:
    (ax, ay), (bx, by) = curve(t - 1e-6), curve(t + 1e-6)
    return (bx - ax) / 2e-6 * scale, (by - ay) / 2e-6 * scale


def _path(*curves: str, name: str = "") -> str:
    return f'<path{f" id={chr(34)}{name}{chr(34)}" if name else ""} d="{"".join(curves)}"/>'


def _stroked(colour: str, width: float, drawing: str) -> str:
    return f'<g fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round">{drawing}</g>'


def _rectangle(frame: Frame, inset: float, colour: str, stroke: float, fill: str = "none") -> str:
    width, height = frame.width - 2 * inset, frame.height - 2 * inset
    return (
        f'<rect x="{_n(inset)}" y="{_n(inset)}" width="{_n(width)}" height="{_n(height)}" '
        f'fill="{fill}" stroke="{colour}" stroke-width="{stroke}"/>'
    )


def _svg(width: float, height: float, *parts: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}mm" height="{_n(height)}mm" '
        f'viewBox="0 0 {_n(width)} {_n(height)}">{"".join(parts)}</svg>'
    )


def _n(value: float) -> str:
    """A number with at most three decimals."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
