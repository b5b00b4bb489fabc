"""Reading a picture the way a stranger would: is it well-formed, is it harmless, what colours does it show."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {SVG + name for name in ("svg", "title", "g", "path", "circle", "ellipse", "rect")}
ATTRIBUTES = {
    *("viewBox", "role", "width", "height", "transform", "d", "fill"),
    *("stroke", "stroke-width", "stroke-linecap", "cx", "cy", "r", "rx", "ry"),
}


def assert_is_a_harmless_picture(svg: str) -> None:
    """Shapes and presentation attributes only: nothing that a policy without styles and scripts would stop."""
    picture = ElementTree.fromstring(svg)  # noqa: S314 (our own picture)
    elements = list(picture.iter())
    assert {element.tag for element in elements} <= ELEMENTS
    assert {name for element in elements for name in element.attrib} <= ATTRIBUTES
    assert picture.get("role") == "img"
    assert title(svg)
    assert len(svg.encode()) < 6000


def title(svg: str) -> str:
    found = re.search(r"<title>([^<]+)</title>", svg)
    return found[1] if found else ""


def without_title(svg: str) -> str:
    return re.sub(r"<title>[^<]*</title>", "", svg)


def numbers(svg: str) -> list[float]:
    return [float(number) for number in re.findall(r"(?<![#\w.])-?\d+(?:\.\d+)?", without_title(svg))]
