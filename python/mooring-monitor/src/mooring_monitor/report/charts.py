"""Small plots as inline SVG. Colours are Okabe and Ito's blue and orange, told apart by shape as well."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

REFERENCE = "#b9c2cc"
CURRENT = "#0b5fa5"
ACCENT = "#c75000"
GRID = "#d9dee4"


def distribution(shares: Mapping[str, Any] | None, name: str) -> Markup:
    """Reference as grey bars, current as a blue step line above them; widths are equal, heights are shares."""
    if not shares or not shares.get("reference"):
        return Markup("")
    before = [float(each) for each in shares["reference"]]
    now = [float(each) for each in shares["current"]] if shares.get("current") else []
    width, height = 168.0, 44.0
    top = max([*before, *now, 1e-9])
    step = width / len(before)
    bars = "".join(
        f'<rect x="{at * step + 0.5:.1f}" y="{height - share / top * height:.1f}" width="{max(step - 1, 0.5):.1f}" '
        f'height="{share / top * height:.1f}" fill="{REFERENCE}"/>'
        for at, share in enumerate(before)
    )
    line = ""
    if now:
        corners = []
        for at, share in enumerate(now):
            y = height - share / top * height
            corners += [f"{at * step:.1f},{y:.1f}", f"{(at + 1) * step:.1f},{y:.1f}"]
        line = f'<polyline points="{" ".join(corners)}" fill="none" stroke="{CURRENT}" stroke-width="1.6"/>'
    label = _distribution_label(shares, name, before, now)
    return _svg(width, height, bars + line, label)


def interval(value: float, lower: float, upper: float, ideal: float, low: float, high: float, label: str) -> Markup:
    """A point with its interval on a scale from ``low`` to ``high``, and the ideal as a vertical line."""
    width, height = 150.0, 22.0

    def at(number: float) -> float:
        return 5 + (min(max(number, low), high) - low) / ((high - low) or 1) * (width - 10)

    body = (
        f'<line x1="{at(ideal):.1f}" x2="{at(ideal):.1f}" y1="1" y2="{height - 1}" '
        'stroke="#5a6672" stroke-dasharray="2 2"/>'
        f'<line x1="{at(lower):.1f}" x2="{at(upper):.1f}" y1="11" y2="11" stroke="{CURRENT}" stroke-width="2.5"/>'
        f'<circle cx="{at(value):.1f}" cy="11" r="4" fill="{CURRENT}"/>'
    )
    return _svg(width, height, body, label)


def bars(pairs: Sequence[tuple[str, float, float | None]], label: str) -> Markup:
    """Horizontal bars with names: the current value, and the baseline's as a thin line below it."""
    if not pairs:
        return Markup("")
    top = max(max(abs(now), abs(before or 0)) for _, now, before in pairs) or 1.0
    left, width, row = 190.0, 560.0, 24.0
    parts: list[Markup] = []
    for index, (name, now, before) in enumerate(pairs):
        y = index * row
        length = abs(now) / top * (width - left - 70)
        parts.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="end" class="t">{}</text>'
                '<rect x="{}" y="{}" width="{:.1f}" height="11" fill="{}"/>'
                '<text x="{:.1f}" y="{}" class="t">{}</text>'
            ).format(
                left - 8, y + 14, _shortened(name), left, y + 4, length, CURRENT, left + length + 6, y + 14, short(now)
            )
        )
        if before is not None:
            part = '<rect x="{}" y="{}" width="{:.1f}" height="4" fill="{}"/>'
            parts.append(Markup(part).format(left, y + 16, abs(before) / top * (width - left - 70), ACCENT))
    return _svg(width, len(pairs) * row + 4, Markup("").join(parts), label)


def curve(xs: Sequence[float], ys: Sequence[float], label: str) -> Markup:
    """A ROC curve with the diagonal of guessing."""
    size = 180.0
    points = " ".join(f"{x * size:.1f},{size - y * size:.1f}" for x, y in zip(xs, ys, strict=True))
    body = (
        f'<rect width="{size}" height="{size}" fill="none" stroke="{GRID}"/>'
        f'<line x1="0" y1="{size}" x2="{size}" y2="0" stroke="{GRID}" stroke-dasharray="4 3"/>'
        f'<polyline points="{points}" fill="none" stroke="{CURRENT}" stroke-width="2"/>'
    )
    return _svg(size, size, body, label)


def timeline(
    points: Sequence[tuple[str, float]],
    bounds: Sequence[float],
    label: str,
    marks: Sequence[tuple[int, str]] = (),
) -> Markup:
    """A metric over time with its bounds as dashed lines, the scale's ends at the left, and texts at some points."""
    known = [value for _, value in points if math.isfinite(value)]
    if len(known) < 2:
        return Markup("")
    low, high = min([*known, *bounds]), max([*known, *bounds])
    margin = (high - low) * 0.12 or abs(high) * 0.05 or 1.0
    low, high = low - margin, high + margin
    left, width, height = 56.0, 540.0, 158.0

    def y(value: float) -> float:
        return 20 + (high - min(max(value, low), high)) / (high - low) * (height - 46)

    step = (width - left - 12) / (len(points) - 1)
    spots = [
        (left + index * step, y(value) if not math.isnan(value) else None) for index, (_, value) in enumerate(points)
    ]
    parts = [
        Markup('<text x="{}" y="{:.1f}" text-anchor="end" class="t">{}</text>').format(
            left - 6, y(edge) + 4, short(edge)
        )
        for edge in (min(known), max(known))[: 1 if min(known) == max(known) else 2]
    ]
    parts.append(Markup(f'<line x1="{left}" x2="{width}" y1="{y(low):.1f}" y2="{y(low):.1f}" stroke="{GRID}"/>'))
    parts.extend(_bound(short(bound), y(bound), left, width) for bound in bounds)
    for index, text in marks:
        x = left + index * step
        parts.append(
            Markup(
                '<line x1="{0:.1f}" x2="{0:.1f}" y1="16" y2="{1:.1f}" stroke="{2}"/>'
                '<text x="{0:.1f}" y="11" text-anchor="{3}" class="t">{4}</text>'
            ).format(x, y(low), GRID, "start" if index == 0 else "middle", text)
        )
    line = " ".join(f"{x:.1f},{at:.1f}" for x, at in spots if at is not None)
    parts.append(Markup(f'<polyline points="{line}" fill="none" stroke="{CURRENT}" stroke-width="2"/>'))
    for (x, at), (when, value) in zip(spots, points, strict=True):
        if at is None:
            continue
        title = Markup("<title>{}: {}</title>").format(when, short(value))
        parts.append(
            Markup(f'<circle cx="{x:.1f}" cy="{at:.1f}" r="3" fill="{CURRENT}">') + title + Markup("</circle>")
        )
    for anchor, (x, _), (when, _) in (("start", spots[0], points[0]), ("end", spots[-1], points[-1])):
        parts.append(
            Markup('<text x="{:.1f}" y="{}" text-anchor="{}" class="t">{}</text>').format(
                x, height - 6, anchor, _moment(when)
            )
        )
    return _svg(width, height, Markup("").join(parts), label)


def _bound(text: str, y: float, left: float, width: float) -> Markup:
    """A dashed line at a bound, named at its right end."""
    return Markup(
        f'<line x1="{left}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}" stroke="{ACCENT}" stroke-dasharray="6 4"/>'
        f'<text x="{width - 2}" y="{y - 4:.1f}" text-anchor="end" class="t">bound {text}</text>'
    )


def short(value: float | None) -> str:
    """A number for people: four significant digits, thousands separated, infinities as a sign."""
    if value is None or math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    digits = max(0, min(6, 3 - math.floor(math.log10(abs(value)))))
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    # What rounds to nothing keeps two digits of its own.
    text = f"{value:.1e}" if float(text.replace(",", "")) == 0 else text
    return text.replace("-", "−")


def _svg(width: float, height: float, body: str, label: str) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {0:g} {1:g}" width="{0:g}" height="{1:g}" role="img" aria-label="{2}">{3}</svg>'
    ).format(width, height, label, Markup(body))


def _distribution_label(shares: Mapping[str, Any], name: str, before: list[float], now: list[float]) -> str:
    if "categories" not in shares:
        return f"Distribution of {name}, reference and current"
    rows = zip(shares["categories"], before, now or [math.nan] * len(before), strict=False)
    words = ", ".join(f"{category} {_percent(old)} → {_percent(new)}" for category, old, new in list(rows)[:6])
    return f"Shares of {name}: {words}"


def _moment(when: str) -> str:
    """A time for people: 2026-11-20T10:00:00Z as 2026-11-20 10:00; anything else as it is."""
    return f"{when[:10]} {when[11:16]}" if len(when) == 20 and when[10] == "T" and when.endswith("Z") else when


def _percent(share: float) -> str:
    return "none" if math.isnan(share) else f"{share:.0%}"


def _shortened(name: str, most: int = 26) -> Markup:
    return escape(name if len(name) <= most else f"{name[: most - 1]}…")
