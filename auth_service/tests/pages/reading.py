"""Reading a page as its visitors do: by forms, fields and buttons."""

import re
from html.parser import HTMLParser

Attributes = dict[str, str]


class Page(HTMLParser):
    """Every element with its attributes, every button with its words; the footer that all pages share left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.words: dict[str, list[str]] = {"button": [], "h1": [], "label": [], "legend": [], "title": []}
        self.open: list[str] = []
        self.feed(re.sub(r"(?s)<footer.*</footer>", "", html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in self.words:
            self.open.append(tag)
            self.words[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
            self.words[tag][-1] = " ".join(self.words[tag][-1].split())

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words[self.open[-1]][-1] += data

    def all(self, tag: str, **wanted: str) -> list[Attributes]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def one(self, tag: str, **wanted: str) -> Attributes:
        (found,) = self.all(tag, **wanted)
        return found
