"""Pages for people: sign-in, consent, sign-out, errors. All else this service says is meant for programs."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup

from auth_service.beaks import draw
from auth_service.beaks.genes import grouped
from auth_service.house import house_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
)


def show(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    form_action: tuple[str, ...] = (),
) -> Response:
    """A whole page. `form_action` names, by origin or whole URI, where a redirect after its forms may lead."""
    page = environment(templates_of(request)).get_template(f"auth_service/{template}").render(context)
    return HTMLResponse(page, status_code=status, headers=headers(form_action))


def show_block(request: Request, template: str, block: str, context: Mapping[str, Any]) -> Response:
    """One block of a page, for HTMX to put in the place of the old one."""
    fragment = render_block(environment(templates_of(request)), f"auth_service/{template}", block, context)
    return HTMLResponse(fragment, headers=headers())


def templates_of(request: Request) -> Path:
    return house_of(request).settings.templates


def headers(form_action: tuple[str, ...] = ()) -> dict[str, str]:
    sources = dict.fromkeys(["'self'", *map(source_of, form_action)])
    return {
        "Content-Security-Policy": POLICY.format(form_action=" ".join(sources)),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def source_of(uri: str) -> str:
    """How the policy names the place of a redirect URI: an origin, or the scheme alone of an installed application."""
    parts = urlsplit(uri)
    nameable = parts.netloc and not parts.netloc.startswith("[")  # CSP has no word for an IPv6 address
    source = f"{parts.scheme}://{parts.netloc}" if nameable else f"{parts.scheme}:"
    if not parts.scheme or any(character in source for character in "; ,'\"*@") or not source.isascii():
        raise ValueError("Not an origin that a content security policy can name")
    return source


@cache
def environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    vars(environment)["install_null_translations"](newstyle=True)
    environment.globals["static"] = lambda name: static_url(templates / "static", name)
    environment.globals["drawing"] = lambda genes: Markup(draw(genes))  # noqa: S704 (our own numbers and words)
    environment.globals["grouped"] = grouped
    # A block that is rendered alone does not see an import, so macros are globals.
    environment.globals["ui"] = environment.get_template("controls.html").module
    environment.globals["forms"] = environment.get_template("auth_service/forms.html").module
    return environment


@cache
def static_url(folder: Path, name: str) -> str:
    """With a hash of what is in the file, so that it can be kept for long and still change at once."""
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:  # npm has not brought it yet; every page works without its script
        return f"/static/{name}"
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"
