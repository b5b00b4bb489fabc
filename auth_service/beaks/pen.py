"""The few strokes pictures are drawn with: SVG elements, coloured by attributes, so that no style sheet is needed."""

Picture = str  # elements, drawn one over the other
Point = tuple[float, float]


def path(*parts: str | Point) -> str:
    """Path data from commands and points: `path("M", (0, 0), "L", (3, 4))`. A tenth of a unit is fine enough."""
    return "".join(part if isinstance(part, str) else f" {part[0]:.1f} {part[1]:.1f}" for part in parts)


def fill(colour: str, data: str) -> Picture:
    return f'<path fill="{colour}" d="{data}"/>'


def line(colour: str, data: str, width: float = 1.2) -> Picture:
    return f'<path fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" d="{data}"/>'


def disc(colour: str, x: float, y: float, radius: float) -> Picture:
    return f'<circle cx="{x}" cy="{y}" r="{round(radius, 2)}" fill="{colour}"/>'


def oval(colour: str, centre: Point, across: float, down: float) -> Picture:
    x, y = centre
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{across:.1f}" ry="{down:.1f}" fill="{colour}"/>'
