"""The beak being shaped on the sign-in page: a profile whose every line follows a gene."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Self

from auth_service.beaks import crockford
from auth_service.beaks.genes import GENES
from auth_service.beaks.pen import Picture, Point, fill, line, oval, path
from auth_service.beaks.plumage import INK, Palette, palette_of
from auth_service.beaks.portrait import Whims, eye, skull
from auth_service.beaks.shape import PLUMAGE_GENES
from auth_service.languages.sentence import Sentence

BASE_X = 130.0  # where the beak leaves the face
MIDDLE_Y = 98.0
CALM = Whims(crest=0, tilt_degrees=0, iris="#e8930c", eye_size=1, sleepy=False)


# From the least to the most of each gene of the outline, in its order.
RANGES = (
    (64, 146),
    (56, 100),
    (0.3, 1),
    (0, 1),
    (4, 52),
    (-22, 34),
    (0.2, 0.82),
    (0, 11),
    (0, 20),
    (0, 1),
    (0, 1),
    (1.8, 6.5),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """The outline in picture units and degrees."""

    length: float
    depth: float
    upper_curve: float
    lower_curve: float
    hook: float
    hook_degrees: float
    notch_place: float
    notch: float
    gape_degrees: float
    lower_size: float
    nostril_place: float
    nostril: float

    @classmethod
    def of(cls, outline: Sequence[int]) -> Self:
        last = crockford.STEPS - 1
        return cls(*(least + (most - least) * gene / last for gene, (least, most) in zip(outline, RANGES, strict=True)))

    @property
    def top(self) -> float:
        return MIDDLE_Y - 0.56 * self.depth

    @property
    def mouth(self) -> float:
        return self.top + self.depth

    @property
    def front(self) -> float:
        """Where the hook begins."""
        return BASE_X + self.length

    @property
    def hollow(self) -> float:
        """Where the edge of the upper half meets the inside of the hook."""
        return self.front - max(0.3 * self.depth, self.hook * sin(radians(self.hook_degrees)) + 9)

    @property
    def tip(self) -> Point:
        angle = radians(self.hook_degrees)
        return self.front - self.hook * sin(angle), self.mouth + 2 + self.hook * cos(angle)


def draw(genes: Sequence[int], title: str | None = None) -> str:
    """SVG for sixteen genes of 32 steps, 320 by 220 units, to stand inside a page. `title` says it in words of ours."""
    palette, profile = palette_of(*genes[:PLUMAGE_GENES]), Profile.of(genes[PLUMAGE_GENES:])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 220" role="img">'
        f"<title>{title or describe(genes)}</title>"
        f'<rect width="320" height="220" fill="{palette.ground}"/>'
        f"{face(palette)}{lower(profile, palette)}{upper(profile, palette)}{cere(profile, palette)}"
        "</svg>"
    )


def describe(genes: Sequence[int]) -> Sentence:
    words = {gene.name: Sentence(gene.word(step)) for gene, step in zip(GENES, genes, strict=True)}
    return Sentence(
        "A parrot with %(hue)s feathers; its beak is %(length)s, %(depth)s and %(hook)s, its mouth %(gape)s", **words
    )


def face(palette: Palette) -> Picture:
    """The head of the portrait, two and a half times as big."""
    neck = fill(palette.body, "M28 100C34 150 24 190 0 212V220H176C170 196 160 176 138 150Z")
    wing = fill(palette.shade, "M0 212C22 193 44 186 58 190C80 196 92 206 96 220H0Z")
    wing += fill(palette.tip, "M14 220C26 206 42 200 54 204C66 208 73 213 75 220Z")
    head = f'<g transform="translate(-8 -16) scale(2.5)">{skull(palette)}{eye(palette, CALM)}</g>'
    return neck + wing + head


def lower(profile: Profile, palette: Palette) -> Picture:
    """The lower half, turned about the corner of the mouth."""
    hinge, mouth = BASE_X - 4, profile.mouth
    reach = (profile.hollow - hinge) * (0.62 + 0.42 * profile.lower_size)
    depth = profile.depth * (0.3 + 0.26 * profile.lower_size)
    belly = depth * (0.55 + 0.75 * profile.lower_curve)
    chin = (hinge - 12, mouth + depth * 0.5)
    half = path(
        *("M", (hinge, mouth - 4), "L", (hinge + reach, mouth - 3)),
        *("C", (hinge + reach * 1.02, mouth + belly), (hinge + reach * 0.45, mouth + belly * 1.15), chin, "Z"),
    )
    turn = f"rotate({profile.gape_degrees:.1f} {hinge:.0f} {mouth:.1f})"
    return f'<g transform="{turn}">{fill(palette.beak_shade, half)}</g>'


def upper(profile: Profile, palette: Palette) -> Picture:
    edge, top = rim(profile), profile.top
    base = path("C", (BASE_X - 15, MIDDLE_Y), (BASE_X - 14, top + 10), (BASE_X - 2, top), "Z")
    return (
        fill(palette.beak, culmen(profile) + edge + base)
        + fill(palette.beak_shade, path("M", profile.tip) + edge + way_back(profile))
        + gleam(profile, palette)
    )


def culmen(profile: Profile) -> str:
    """The upper line, from the forehead over the arch down to the tip of the hook."""
    start, *rest = arch(profile)
    front, fall = rest[-1]
    bend = (front + 3 + 4 * profile.upper_curve, (fall + profile.tip[1]) / 2 + 4)
    return path("M", start, "C", *rest, "Q", bend, profile.tip)


def arch(profile: Profile) -> tuple[Point, Point, Point, Point]:
    """The four control points of the arch, as a cubic Bézier curve."""
    top, depth, length, curve = profile.top, profile.depth, profile.length, profile.upper_curve
    return (
        (BASE_X - 2, top),
        (BASE_X + 0.34 * length, top - 20 * curve + 3),
        (profile.front - (1 - curve) * 0.34 * length, top + depth * (0.34 - 0.38 * curve)),
        (profile.front, top + 0.66 * depth),
    )


def on_arch(profile: Profile, part: float) -> Point:
    weights = ((1 - part) ** 3, 3 * part * (1 - part) ** 2, 3 * part**2 * (1 - part), part**3)
    points = arch(profile)
    return (
        sum(weight * x for weight, (x, _) in zip(weights, points, strict=True)),
        sum(weight * y for weight, (_, y) in zip(weights, points, strict=True)),
    )


def rim(profile: Profile) -> str:
    """The cutting edge, from the tip back to the corner of the mouth, with its notch."""
    (tip_x, tip_y), hollow, mouth = profile.tip, profile.hollow, profile.mouth
    corner = BASE_X - 8
    notch = corner + (hollow - corner) * profile.notch_place
    return path(
        *("Q", ((tip_x + hollow) / 2 + 3, mouth + 0.22 * (tip_y - mouth)), (hollow, mouth)),
        *("L", (notch + 7, mouth + 2), (notch, mouth - profile.notch), (notch - 7, mouth + 2), (corner, mouth)),
    )


def way_back(profile: Profile) -> str:
    """From the corner of the mouth to the tip, a little above the cutting edge: what lies between is in the shade."""
    thickness = 0.1 * profile.depth
    inside = profile.mouth - thickness - profile.notch
    bend = ((profile.hollow + profile.front) / 2 + 4, inside + 3)
    return path("l", (4, -thickness), "L", (profile.hollow, inside), "Q", bend, profile.tip, "Z")


def gleam(profile: Profile, palette: Palette) -> Picture:
    """A streak of light a little under the arch."""
    (x0, y0), (x1, y1), (x2, y2) = (on_arch(profile, part) for part in (0.62, 0.74, 0.85))
    return line(palette.beak_light, path("M", (x0 - 4, y0 + 8), "Q", (x1 - 5, y1 + 8), (x2 - 7, y2 + 6)), 4)


def cere(profile: Profile, palette: Palette) -> Picture:
    top, width = profile.top, 0.2 * profile.length + 14
    start, front, foot = (BASE_X - 8, top + 2), (BASE_X + width, top + 3), top + 0.45 * profile.depth
    skin = path(
        *("M", start, "C", (BASE_X + 2, top - 12), (BASE_X + width * 0.8, top - 9), front),
        *("C", (BASE_X + width, top + 20), (BASE_X + 10, foot), (BASE_X - 11, foot)),
        *("C", (BASE_X - 15, top + 22), (BASE_X - 13, top + 10), start, "Z"),
    )
    centre, size = (BASE_X + (width - 16) * profile.nostril_place, top + 10), profile.nostril
    return fill(palette.cere, skin) + oval(INK, centre, 1.25 * size, size)
