"""Feather colours: OKLCH, where equal steps look equally far apart, turned into the sRGB every viewer knows.

Source of the matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from math import cos, radians, sin

LEAST_CHROMA_STEP = 0.002


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """`#rrggbb` for lightness 0..1, chroma 0..0.37, hue in degrees; chroma yields where sRGB is too small for it."""
    while not in_gamut(channels := linear_srgb(lightness, chroma, hue)) and chroma > 0:
        chroma = max(0.0, chroma - LEAST_CHROMA_STEP)
    return "#" + "".join(f"{round(255 * gamma(channel)):02x}" for channel in channels)


def linear_srgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def in_gamut(channels: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)


def gamma(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
