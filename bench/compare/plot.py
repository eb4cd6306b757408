"""Recall against queries per second as SVG: one panel for each set, the vertical axis logarithmic."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 360, 70, 40, 50
COLOURS = {"scaup": "#c0392b", "hnswlib": "#2c6fbb", "faiss": "#2e8b57", "usearch": "#8e44ad", "zvec": "#b8860b"}
Points = list[tuple[float, float]]

# Recall close to 1 matters most: the horizontal axis is -log10(1 - recall), cut at three nines and a half.
TICKS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.998, 0.9995)


def stretch(recall: float) -> float:
    return -math.log10(1 - min(recall, 0.9997))


def text(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def curve(points: list[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'


def panel(title: str, curves: dict[str, Points], top: float) -> str:
    everything = [point for points in curves.values() for point in points]
    low = math.floor(math.log10(min(qps for _, qps in everything)))
    high = max(low + 1, math.ceil(math.log10(max(qps for _, qps in everything))))
    left = stretch(min(min(recall for recall, _ in everything), 0.9))
    right = stretch(0.9997)

    def place(recall: float, qps: float) -> tuple[float, float]:
        x = LEFT + (stretch(recall) - left) / (right - left) * (WIDTH - LEFT - 20)
        y = top + TOP + (high - math.log10(qps)) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return x, y

    floor = top + HEIGHT - BOTTOM
    parts = [text(WIDTH / 2, top + 22, title)]
    for tick in TICKS:
        x, _ = place(tick, 10**low)
        if x >= LEFT:
            parts += [line(x, top + TOP, x, floor), text(x, floor + 16, f"{tick:g}")]
    for power in range(low, high + 1):
        _, y = place(0.9, 10**power)
        parts += [line(LEFT, y, WIDTH - 20, y), text(LEFT - 8, y + 4, f"{10 ** power:,}" if power >= 0 else f"{10 ** power:g}", "end")]
    parts.append(text(WIDTH / 2, floor + 36, "recall@10 (queries per second upwards, one thread, one query per call)"))
    for number, (name, points) in enumerate(curves.items()):
        colour = COLOURS.get(name, "#555")
        parts.append(curve([place(*point) for point in sorted(points)], colour))
        parts.append(text(LEFT + 10, floor - 10 - 15 * number, name, "start", colour))
    return "".join(parts)


def svg(panels: dict[str, dict[str, Points]]) -> str:
    """`panels`: title -> system -> points of recall and queries per second."""
    shown = {title: {name: points for name, points in curves.items() if points} for title, curves in panels.items()}
    shown = {title: curves for title, curves in shown.items() if curves}
    height = HEIGHT * max(1, len(shown))
    body = "".join(panel(title, curves, HEIGHT * i) for i, (title, curves) in enumerate(shown.items()))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>{body}</svg>\n')
