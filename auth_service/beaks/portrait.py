"""The public portrait of a popug: its plumage in colours, and small whims from a seed. Never drawn from the outline."""

from dataclasses import dataclass
from math import cos, radians

from auth_service.beaks import crockford
from auth_service.beaks.colours import oklch

HUE_STEP = 360 / crockford.STEPS
INK = "#23262f"
WHITE = "#ffffff"


@dataclass(frozen=True)
class Palette:
    """What the four genes of plumage look like."""

    body: str
    shade: str
    light: str
    tip: str
    band: str
    beak: str
    beak_shade: str
    cere: str
    ground: str


@dataclass(frozen=True)
class Whims:
    """What makes two popugs of like plumage different birds."""

    crest: int
    tilt: float
    iris: str
    eye: float
    lid: bool


def portrait(plumage: str, seed: bytes) -> str:
    """A whole SVG document, 96 units square, for 4 genes of plumage and at least 5 bytes of seed."""
    hue, tip, bands, cere = crockford.values(plumage)
    palette, whims = palette_of(hue, tip, bands, cere), whims_of(seed)
    head = "".join(
        (crest(whims.crest, palette), skull(palette), marks(bands // 4, palette), beak(palette), eye(palette, whims))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img">'
        f"<title>A parrot of plumage {plumage}</title>"
        f'<circle cx="48" cy="48" r="48" fill="{palette.ground}"/>'
        f"{shoulders(palette)}"
        f'<g transform="rotate({whims.tilt:g} 36 66)">{head}</g>'
        "</svg>"
    )


def feather(hue: float, lighter: float = 0.0, chroma: float = 0.17) -> str:
    """Yellow feathers are light and blue ones dark, as on real birds."""
    return oklch(0.64 + 0.13 * cos(radians(hue - 100)) + lighter, chroma, hue)


# cere hues: blue, rose, brown, grey, yellow, green, violet, white; beaks: charcoal, horn, coral, slate
CERES = ((0.62, 0.13, 250), (0.74, 0.11, 5), (0.52, 0.07, 50), (0.7, 0.02, 260))
CERES += ((0.84, 0.14, 95), (0.7, 0.12, 160), (0.62, 0.13, 300), (0.95, 0.01, 90))
BEAKS = ((0.33, 0.025, 280), (0.9, 0.045, 85), (0.68, 0.17, 40), (0.52, 0.04, 250))


def palette_of(hue: int, tip: int, bands: int, cere: int) -> Palette:
    main, second = 18 + hue * HUE_STEP, 18 + tip * HUE_STEP
    lightness, chroma, beak_hue = BEAKS[cere % 4]
    return Palette(
        body=feather(main),
        shade=feather(main + 8, -0.11),
        light=feather(main - 8, 0.1, 0.14),
        tip=feather(second),
        band=(feather(second), WHITE, INK, feather(main, 0.16, 0.12))[bands % 4],
        beak=oklch(lightness, chroma, beak_hue),
        beak_shade=oklch(lightness - 0.13, chroma, beak_hue),
        cere=oklch(*CERES[cere // 4]),
        ground=oklch(0.93, 0.045, main + 180) if lightness < 0.8 else oklch(0.42, 0.06, main + 180),
    )


def whims_of(seed: bytes) -> Whims:
    iris = ((0.35, 0.06, 50), (0.72, 0.16, 65), (0.55, 0.17, 30), (0.6, 0.08, 230), (0.82, 0.13, 95))
    return Whims(
        crest=seed[0] % 5,
        tilt=-9 + seed[1] * 15 / 255,
        iris=oklch(*iris[seed[2] % 5]),
        eye=0.9 + seed[3] * 0.22 / 255,
        lid=seed[4] % 4 == 0,
    )


def shape(colour: str, path: str, more: str = "") -> str:
    return f'<path fill="{colour}" d="{path}"{more}/>'


def shoulders(palette: Palette) -> str:
    return (
        shape(palette.body, "M15 48C14 60 10 68 6.5 72A48 48 0 0 0 70.5 90.3C66 80 62 74 58 66Z")
        + shape(palette.shade, "M6.5 72A48 48 0 0 0 42 95.6C44 84 36 72 22 66C16 66 10 69 6.5 72Z")
        + shape(palette.tip, "M14 81.7A48 48 0 0 0 36 94.5C36 88 30 80 21 77C18 78 16 80 14 81.7Z")
    )


def skull(palette: Palette) -> str:
    return shape(
        palette.body, "M14 50C12 30 24 15 41 15C54 15 62 24 63 36C64 48 60 56 58 68C46 78 22 78 15 62Z"
    ) + shape(palette.light, "M41 15C54 15 62 24 63 33C58 24 50 21 42 21C32 21 24 26 20 33C23 22 31 15 41 15Z")


def crest(kind: int, palette: Palette) -> str:
    plumes = (
        (),
        (
            (palette.tip, "M38 20C28 12 20 10 8 12C14 15 18 20 20 27Z"),
            (palette.body, "M34 17C28 8 20 5 12 4C16 9 20 15 22 24Z"),
        ),
        (
            (palette.tip, "M44 18C40 6 32 1 22 1C28 6 30 12 30 20Z"),
            (palette.shade, "M36 19C30 10 22 7 13 9C20 13 22 18 24 25Z"),
        ),
        (
            (palette.tip, "M46 17C48 10 46 5 41 2C41 8 38 11 37 17Z"),
            (palette.tip, "M38 18C38 11 34 7 28 6C30 11 29 15 29 21Z"),
        ),
        ((palette.shade, "M30 20C20 17 14 20 8 28C14 27 16 30 17 38Z"),),
    )[kind]
    return "".join(shape(colour, path) for colour, path in plumes)


def marks(kind: int, palette: Palette) -> str:
    paths = (
        "",
        "M38 56a10 8 0 1 0 .1 0Z",
        "M20 66C30 74 48 74 59 63L58.500 68C48 78 27 79 17 69Z",
        "M44 15C56 16 62 25 63 35L56 33C55 25 50 19 41 17Z",
        "M35 44C44 48 52 50 58 50L58 54C50 54 42 52 34 48Z",
        "M36 24C52 22 60 30 62 42C63 54 54 60 46 58C36 55 30 46 30 38C30 31 32 26 36 24Z",
        "M16 40C20 38 26 40 28 44L27 47C24 44 20 44 15 46Z",
        "M20 60C26 66 36 68 46 66L46 69C36 72 24 70 18 64Z",
    )
    return shape(palette.band, paths[kind]) if kind else ""


def beak(palette: Palette) -> str:
    lower = shape(palette.beak_shade, "M56 56C62 57 68 58 71 60C72 67 66 73 59 70C55 68 54 61 56 56Z")
    upper = shape(
        palette.beak,
        "M55 30C72 23 88 34 87 52C86.600 62 84 69 80 74C78 66 75 61 70 59C66 61 60 60 55 59C51 50 51 38 55 30Z",
    )
    edge = shape(
        palette.beak_shade, "M80 74C78 66 75 61 70 59C66 61 60 60 55 59L54 56C60 57 66 57 70 55C77 58 80 66 80 74Z"
    )
    cere = shape(palette.cere, "M53 31C58 25 67 25 70 30C70 37 62 44 54 44C52 40 52 35 53 31Z")
    nostril = '<ellipse cx="62.5" cy="34" rx="2.2" ry="1.7" fill="' + INK + '"/>'
    return lower + upper + edge + cere + nostril


def eye(palette: Palette, whims: Whims) -> str:
    r = whims.eye
    return (
        f'<circle cx="43" cy="38" r="{8.5 * r:.2f}" fill="{oklch(0.97, 0.015, 90)}"/>'
        f'<circle cx="43.500" cy="38" r="{6 * r:.2f}" fill="{whims.iris}"/>'
        f'<circle cx="44" cy="38" r="{3.8 * r:.2f}" fill="{INK}"/>'
        f'<circle cx="45.600" cy="36.2" r="1.5" fill="{WHITE}"/>'
    )
