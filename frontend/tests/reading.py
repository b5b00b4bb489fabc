"""Reading a page as a test does: elements by their attributes, with the text inside them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("meta", "link", "input", "img", "br", "hr", "path", "circle", "rect", "line")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in [element.tag for element in self._open]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """Elements with these attributes; `data_cents="5"` means data-cents, `id_="x"` means id."""
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            element
            for element in self.elements
            if tag in ("", element.tag)
            and all(
                name in element.attributes and value in ("*", element.attributes[name]) for name, value in names.items()
            )
        ]

    def one(self, tag: str = "", **wanted: str) -> Element:
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements like <{tag} {wanted}>"
        return found[0]

    def links(self) -> dict[str, str]:
        return {element.text: element.attributes.get("href", "") for element in self.all("a")}

    def buttons(self) -> list[str]:
        return [element.text or element.attributes.get("aria-label", "") for element in self.all("button")]

    def headings(self) -> list[str]:
        return [element.text for element in self.elements if element.tag in ("h1", "h2", "h3")]

    @property
    def text(self) -> str:
        return self.one("body").text if self.all("body") else " ".join(element.text for element in self.elements)
