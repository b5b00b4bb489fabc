"""What a browser makes of a page: its forms, their fields as they stand, their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether somebody may type into it."""
        return name in self.fields


class FormReader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get")))
        elif self.forms and "name" in attributes:
            pair = attributes["name"], attributes.get("value", "")
            if tag == "input":
                self.forms[-1].fields.update([pair])
            elif tag == "button":
                self.forms[-1].buttons.append(pair)


def forms_of(page: str) -> list[Form]:
    return FormReader(page).forms


def form_with_field(page: str, name: str) -> Form | None:
    return next((form for form in forms_of(page) if form.has(name)), None)


def form_with_button(page: str, name: str, value: str) -> Form | None:
    return next((form for form in forms_of(page) if (name, value) in form.buttons), None)
