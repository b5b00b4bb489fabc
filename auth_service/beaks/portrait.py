"""The public portrait of a popug: its plumage in colours, and small whims from a seed. Never drawn from the outline."""

from dataclasses import dataclass
from typing import Self

from auth_service.beaks import crockford
from auth_service.beaks.pen import Picture, disc, fill, line, oval
from auth_service.beaks.plumage import INK, WHITE, Palette, palette_of

IRISES = ("#4a2f22", "#e8930c", "#b8402f", "#5b93ad", "#d9b72c")
# A disc with one corner, the notch of the beak; a viewer that crops to a circle loses nothing.
GROUND = "M48 0A48 48 0 0 1 96 48V84.5A11.5 11.5 0 0 1 84.5 96H48A48 48 0 0 1 48 0Z"
EYE_WHITE = "#fbf7ee"


@dataclass(frozen=True, slots=True)
class Whims:
    """What makes two popugs of like plumage different birds."""

    crest: int
    tilt_degrees: float
    iris: str
    eye_size: float
    sleepy: bool

    @classmethod
    def of(cls, seed: bytes) -> Self:
        """From at least five bytes."""
        return cls(
            crest=seed[0] % len(CRESTS),
            tilt_degrees=round(-8 + seed[1] * 13 / 255, 1),
            iris=IRISES[seed[2] % len(IRISES)],
            eye_size=0.92 + seed[3] * 0.2 / 255,
            sleepy=seed[4] % 4 == 0,
        )


def portrait(plumage: str, seed: bytes) -> str:
    """A whole SVG document, 96 units square, for four letters of plumage and five or more random bytes."""
    palette, whims = palette_of(*crockford.values(plumage)), Whims.of(seed)
    head = crest(whims.crest, palette) + skull(palette) + beak(palette) + eye(palette, whims)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img">'
        f"<title>A parrot of plumage {plumage}</title>"
        f"{fill(palette.ground, GROUND)}"
        f"{shoulders(palette)}"
        f'<g transform="translate(0 3) rotate({whims.tilt_degrees} 36 66)">{head}</g>'
        "</svg>"
    )


def shoulders(palette: Palette) -> Picture:
    """Chest and wing; their lower edges run along the ground."""
    return (
        fill(palette.body, "M20 40C14 56 14 64 6.5 72A48 48 0 0 0 48 96H80C73 81 66 74 58 64Z")
        + line(palette.light, "M48 80q2.5 2.5 5 0M56 83q2.5 2.5 5 0M51 87q2.5 2.5 5 0")
        + fill(palette.shade, "M6.5 72A48 48 0 0 0 42 95.6C44 84 36 74 22 68C16 67 10 69 6.5 72Z")
        + fill(palette.tip, "M13 81A48 48 0 0 0 36 94.5C36 88 30 80 21 77C18 78 15 79 13 81Z")
        + line(palette.shade, "M20 83q3 1.5 4.5 4.5M27 86q1.5 1.5 2 4.5")
    )


def skull(palette: Palette) -> Picture:
    back, front = MARKS[palette.mark]
    return (
        (fill(palette.band, back) if back else "")
        + fill(palette.body, "M14 50C12 30 24 15 41 15C54 15 62 24 63 36C64 48 60 56 58 68C46 78 22 78 15 62Z")
        + fill(palette.light, "M41 15C54 15 62 24 63 33C58 24 50 21 42 21C32 21 24 26 20 33C23 22 31 15 41 15Z")
        + (fill(palette.band, front) if front else "")
    )


def crest(kind: int, palette: Palette) -> Picture:
    return "".join(fill(getattr(palette, colour), path) for colour, path in CRESTS[kind])


def beak(palette: Palette) -> Picture:
    return (
        fill(palette.beak_shade, "M56 56C62 57 68 58 71 60C72 67 66 73.5 59 70.5C54.5 68 53.5 61 56 56Z")
        + fill(
            palette.beak,
            "M55 30C72 22 88 34 87 52C86.5 62 84 69 80 75C78.5 66 75 61 70 59C66 61 60 60 54 58.5C51 50 51 38 55 30Z",
        )
        + fill(
            palette.beak_shade,
            "M80 75C78.5 66 75 61 70 59C66 61 60 60 54 58.5L53.5 55.5C60 57 66 57 70.5 55C77 58 80 66 80 75Z",
        )
        + line(palette.beak_light, "M76 34C80 37.5 82.5 42 83 47", 1.8)
        + fill(palette.cere, "M53 31C58 24.5 67 24.5 70 30C70 37 62 44 53.5 44C51.5 40 51.5 35 53 31Z")
        + oval(INK, (62.5, 33.5), 2.2, 1.6)
    )


def eye(palette: Palette, whims: Whims) -> Picture:
    size, half = whims.eye_size, round(8.5 * whims.eye_size, 1)
    return (
        disc(EYE_WHITE, 43, 38, 8.5 * size)
        + disc(whims.iris, 43.6, 38, 6 * size)
        + disc(INK, 44.2, 38, 3.8 * size)
        + (fill(palette.shade, f"M{43 - half:.1f} 37a{half} {half} 0 0 1 {2 * half:.1f} 0Z") if whims.sleepy else "")
        + disc(WHITE, 45.8, 38.6 if whims.sleepy else 36.4, 1.5)
    )


CRESTS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("tip", "M40 17C32 8 24 6 15 11C21 14 23 19 23 26Z"), ("shade", "M30 20C22 14 15 15 9 21C15 22 18 28 19 34Z")),
    (
        ("tip", "M46 17C44 8 38 3 30 2C34 7 34 12 34 19Z"),
        ("shade", "M38 18C34 10 27 6 19 7C25 11 27 16 28 23Z"),
        ("tip", "M31 21C26 15 20 13 12 16C18 18 21 23 22 30Z"),
    ),
    (("tip", "M46 17C49 10 47 5 41 2C42 8 38 11 37 17Z"), ("shade", "M39 18C39 11 35 7 29 6C31 11 29 15 30 21Z")),
    (("tip", "M25 20C16 19 10 24 6 32C12 30 15 33 15 41Z"), ("shade", "M18 33C11 34 8 40 7 47C11 44 14 46 16 51Z")),
    (("tip", "M39 17C35 8 39 2 47 3C53 4 53 9.5 49 10C50 7 47 6 45.5 8C43 11 45 14 46 17Z"),),
)

# What lies behind the skull, what on it.
MARKS = (
    ("", "M14 50C12 30 24 15 41 15C31 19 23 29 22.5 42C22 53 20 60 16.5 65L15 62Z"),  # hood
    ("", "M40 52c5.5 0 9 2.5 9 6.5c0 4-4 6.5-9 6.5c-5 0-9-2.5-9-6.5c0-4 3.5-6.5 9-6.5Z"),  # cheek
    ("M13 60C18 83 48 83 60 70L59 62L16 56Z", ""),  # collar
    ("", "M44 15.2C56 16.5 62 25 63 35L55.5 33C54.5 25 50 19 40 17.5C41 16 42 15.2 44 15.2Z"),  # forehead
    ("", "M44 31C33 31 24 37 17 47C25 46 34 46 44 45Z"),  # eye stripe
    ("", "M36 24C52 21 60 30 60 42C60 55 53 62 45 60C36 57 29 46 29 38C29 31 32 26 36 24Z"),  # face
    ("", "M34 60a2.6 2.6 0 1 0 .1 0ZM42 64a2.6 2.6 0 1 0 .1 0ZM50.5 64.5a2.6 2.6 0 1 0 .1 0Z"),  # throat spots
    ("", "M53 46C45 50 40 60 43 74.3C49 73.5 54 71 58 68C59.5 60 60 58 60 54Z"),  # bib
)
