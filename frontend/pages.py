"""Showing: a whole page to a browser, or only the blocks that changed to htmx.

One template per page, one block per element that changes, and the element's id is the block's name: `create_form` is
shown in `#create-form`. Blocks travel in `<hx-partial>`, so one answer can change several places.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from uuid_utils.compat import uuid7

from frontend.clock import Clock
from frontend.devices import device_name
from frontend.notation import day_name, dollars, long_day_name, moment_names, relative_names
from frontend.sessions import Person

VARY = "HX-Request, HX-Request-Type, Cookie"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Block:
    """A block to be shown in place: `target` is the id of its element."""

    name: str
    target: str = ""
    swap: str = "outerMorph"

    @property
    def place(self) -> str:
        return self.target or self.name.replace("_", "-")


def is_within(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu, and the roles that see it. Who may open it, the services decide."""

    path: str
    icon: str
    name: str
    roles: tuple[str, ...] = ("worker", "manager", "accountant", "admin")
    also: tuple[str, ...] = ()  # further places that it stands for

    def holds(self, path: str) -> bool:
        return is_within(path, (self.path, *self.also))


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the administration."""

    path: str
    name: str
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        return is_within(path, (self.path, *self.also))


ADMINISTRATION = (
    Section("/people", "People"),
    Section("/products", "Products", ("/new-product",)),
    Section("/sessions", "Sessions"),
    Section("/logout-deliveries", "Sign-outs"),
    Section("/keys", "Keys"),
    Section("/letters", "Letters"),
    Section("/trail", "Trail"),
)
EVERY_SECTION = tuple(path for section in ADMINISTRATION for path in (section.path, *section.also))
MENU = (
    Place("/tasks", "tasks", "Tasks"),
    Place("/accounting", "money", "Accounting"),
    Place("/analytics", "chart", "Analytics", ("admin",)),
    Place(
        "/people",
        "people",
        "Administration",
        ("admin",),
        tuple(path for section in ADMINISTRATION for path in (section.path, *section.also)),
    ),
)


class Pages:
    def __init__(self, folder: Path, clock: Clock) -> None:
        self.environment = environment(folder, clock)

    def show(
        self,
        request: Request,
        template: str,
        context: Mapping[str, Any],
        *,
        person: Person | None = None,
        blocks: Sequence[str | Block] = (),
        say: str = "",
        events: Iterable[str] = (),
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The page, or for htmx the named blocks, or the one block that an element asked to be shown again.

        `say` becomes a toast beside the blocks; `events` are triggered in the page, for elements that listen.
        """
        whole = {**context, **self._frame(request, person)}
        name = f"frontend/{template}"
        if wants_blocks(request) and (blocks or say):
            content = self._partials(name, blocks, whole) + self._toast(say, bad=status >= 400)
        elif wants_blocks(request) and (asked := asked_block(request)) in self._blocks_of(name):
            content = render_block(self.environment, name, asked, whole)
        else:
            content = self.environment.get_template(name).render(whole)
        answer = HTMLResponse(content, status_code=status, headers={"Vary": VARY, **(headers or {})})
        if events:
            answer.headers["HX-Trigger"] = ", ".join(events)
        return answer

    def fragment(self, template: str, context: Mapping[str, Any]) -> str:
        """By itself, for somebody who asked no page."""
        return self.environment.get_template(f"frontend/{template}").render(context)

    def _partials(self, template: str, blocks: Sequence[str | Block], context: dict[str, Any]) -> str:
        return "".join(
            self._partial(block, render_block(self.environment, template, block.name, context))
            for block in (Block(each) if isinstance(each, str) else each for each in blocks)
        )

    def _partial(self, block: Block, content: str) -> str:
        return f'<hx-partial hx-target="#{escape(block.place)}" hx-swap="{block.swap}">{content}</hx-partial>'

    def _toast(self, text: str, *, bad: bool) -> str:
        if not text:
            return ""
        controls: Any = self.environment.globals["ui"]
        toast = controls.toast(text, bad)
        return f'<hx-partial hx-target="#toasts" hx-swap="innerHTML">{toast}</hx-partial>'

    def _blocks_of(self, template: str) -> Mapping[str, object]:
        return self.environment.get_template(template).blocks

    def _frame(self, request: Request, person: Person | None) -> dict[str, Any]:
        theme = request.cookies.get("theme", "")
        return {
            "request": request,
            "path": request.url.path,
            "here": here(request),
            "person": person,
            "menu": [place for place in MENU if person and person.role in place.roles],
            "sections": ADMINISTRATION if person and person.role == "admin" else (),
            "theme": theme if theme in THEMES else "",
            "notice": NOTICES.get(request.query_params.get("notice", ""), ""),
        }


NOTICES = {
    "created": "Created, assigned and charged.",
    "completed": "Done. The reward is on your account.",
    "added": "Added.",
    "changed": "Saved.",
    "corrected": "Written. They see the correction and its reason in their audit log.",
    "resent": "The letter goes out again.",
    "dismissed": "Dismissed. Every session of theirs has ended.",
    "restored": "Restored. They may sign in again with the beak they had.",
    "ended": "Signed out.",
    "tried": "It is being tried again.",
    "rotated": "The keys were rotated. Who is signed in stays signed in.",
    "withdrawn": "The key was withdrawn. What it signed is not believed any more.",
    "disabled": "Disabled. Nobody can sign in to it, and its tokens are dead.",
    "enabled": "Enabled. It takes part in the sign-in again.",
}


def environment(folder: Path, clock: Clock) -> Environment:
    made: Any = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)
    static = Static(folder / "static")
    made.globals.update(
        dollars=dollars,
        day_name=day_name,
        long_day_name=long_day_name,
        moment_name=moment_names(clock),
        relative_name=relative_names(clock),
        device_name=device_name,
        address=address,
        static=static.url,
        key_field=key_field,
    )
    made.globals["ui"] = made.get_template("controls.html").module
    made.globals["administration"] = made.get_template("frontend/administration.html").module
    return cast(Environment, made)


class Static:
    """Static files by a name that changes with their content, so that they may be kept forever."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._urls: dict[str, str] = {}

    def url(self, name: str) -> str:
        if name not in self._urls:
            digest = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()[:12]
            self._urls[name] = f"/static/{name}?v={digest}"
        return self._urls[name]


def key_field() -> Markup:
    """The idempotency key of one rendered form: pressing twice does it once."""
    return Markup(f'<input type="hidden" name="idempotency_key" value="{uuid7()}">')  # noqa: S704 (our own uuid)


def address(path: str, query: Mapping[str, str | None] | None = None, **changes: str | None) -> str:
    """The path with what is set of the query and its changes."""
    filled = {name: value for name, value in {**(query or {}), **changes}.items() if value}
    return f"{path}?{urlencode(filled)}" if filled else path


def wants_blocks(request: Request) -> bool:
    return request.headers.get("HX-Request-Type") == "partial"


def is_htmx(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def asks_by_itself(request: Request) -> bool:
    """The page did, to show what is new; nobody pressed anything."""
    return request.headers.get("X-By-Itself") == "true"


def asked_block(request: Request) -> str:
    """The block behind `HX-Target: section#board`; htmx 4 sends the element's tag and id."""
    return request.headers.get("HX-Target", "").partition("#")[2].replace("-", "_")


def here(request: Request) -> str:
    """Path and query of this page, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def back_to(path: str, *, notice: str = "") -> Response:
    """After a form: 303, so that the browser asks with GET (RFC 9700 4.12). A notice replaces the one before."""
    bare, _, query = path.partition("?")
    kept = {name: value for name, value in parse_qsl(query) if name != "notice" or not notice}
    return RedirectResponse(address(bare, kept, notice=notice) if notice else path, status_code=303)
