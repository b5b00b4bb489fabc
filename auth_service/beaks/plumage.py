"""What the four public genes look like: hue, tip hue, bands and cere, as colours of feathers, skin and horn."""

from dataclasses import dataclass
from math import cos, radians

from auth_service.beaks.colours import oklch
from auth_service.beaks.crockford import STEPS

INK = "#23262f"
WHITE = "#ffffff"

HUES_FROM_DEGREES = 18  # parrot red

# lightness, chroma, hue
HORNS = ((0.33, 0.025, 280), (0.9, 0.045, 85), (0.68, 0.17, 40), (0.52, 0.04, 250))
CERES = (
    (0.62, 0.13, 250),
    (0.74, 0.11, 5),
    (0.52, 0.07, 50),
    (0.7, 0.02, 260),
    (0.84, 0.14, 95),
    (0.7, 0.12, 160),
    (0.62, 0.13, 300),
    (0.95, 0.01, 90),
)
PALEST_HORN_ON_A_LIGHT_GROUND = 0.8


@dataclass(frozen=True, slots=True)
class Palette:
    body: str
    shade: str
    light: str
    tip: str
    band: str
    mark: int
    beak: str
    beak_shade: str
    beak_light: str
    cere: str
    ground: str


def palette_of(hue: int, tip: int, bands: int, cere: int) -> Palette:
    """Genes of 32 steps each. `bands` is one of 8 marks in one of 4 colours, `cere` one of 8 skins by 4 horns."""
    degrees, tip_degrees = hue_degrees(hue), hue_degrees(tip)
    lightness, chroma, horn_degrees = HORNS[cere % 4]
    return Palette(
        body=feather(degrees),
        shade=feather(degrees + 8, brighter=-0.11),
        light=feather(degrees - 8, brighter=0.1, chroma=0.14),
        tip=feather(tip_degrees),
        band=band(bands % 4, degrees, tip_degrees),
        mark=bands // 4,
        beak=oklch(lightness, chroma, horn_degrees),
        beak_shade=oklch(lightness - 0.13, chroma, horn_degrees),
        beak_light=oklch(lightness + 0.09, chroma, horn_degrees),
        cere=oklch(*CERES[cere // 4]),
        ground=ground(degrees, dark=lightness > PALEST_HORN_ON_A_LIGHT_GROUND),
    )


def hue_degrees(gene: int) -> float:
    return HUES_FROM_DEGREES + gene * 360 / STEPS


def feather(degrees: float, *, brighter: float = 0.0, chroma: float = 0.17) -> str:
    """Yellow feathers are light and blue ones dark, as on real birds."""
    return oklch(0.64 + 0.13 * cos(radians(degrees - 100)) + brighter, chroma, degrees)


def band(kind: int, degrees: float, tip_degrees: float) -> str:
    return (
        feather(tip_degrees),
        oklch(0.97, 0.02, degrees),
        oklch(0.3, 0.07, degrees),
        feather(degrees + 25, brighter=0.12, chroma=0.13),
    )[kind]


def ground(degrees: float, *, dark: bool) -> str:
    """The opposite of the feathers, pale, unless the beak is pale itself."""
    return oklch(0.42, 0.06, degrees + 180) if dark else oklch(0.93, 0.045, degrees + 180)
