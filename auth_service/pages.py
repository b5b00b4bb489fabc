"""Pages for people: sign-in, consent, sign-out, errors. All else this service says is meant for programs."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from gettext import NullTranslations
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup

from auth_service.beaks import describe, draw
from auth_service.beaks.genes import grouped
from auth_service.house import house_of
from auth_service.languages.catalogue import ENGLISH, NAMES, words_of
from auth_service.languages.choice import language_of
from auth_service.languages.dates import moment
from auth_service.languages.sentence import said

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
)

OPENED_BY = {  # the page that has a form, by where the form leads
    "/sign-in": "/authorize",
    "/account": "/authorize",
    "/consent": "/authorize",
    "/session": "/sign-in",
    "/sign-out": "/sign-out",
}


def show(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    form_action: tuple[str, ...] = (),
) -> Response:
    """A whole page. `form_action` names, by origin or whole URI, where a redirect after its forms may lead."""
    language = language_of(request)
    page = environment(templates_of(request), language).get_template(f"auth_service/{template}")
    head = {
        "language": language,
        "languages": NAMES,
        "language_back": way_back(request, context),
        "here": request.url.path,
    }
    answer = HTMLResponse(page.render(head | dict(context)), status_code=status, headers=headers(form_action))
    answer.headers["Content-Language"] = language
    return answer


def show_block(request: Request, template: str, block: str, context: Mapping[str, Any]) -> Response:
    """One block of a page, for HTMX to put in the place of the old one."""
    words = environment(templates_of(request), language_of(request))
    return HTMLResponse(render_block(words, f"auth_service/{template}", block, context), headers=headers())


def way_back(request: Request, context: Mapping[str, Any]) -> str | None:
    """Where the same page can be had again, in another language. What a form brought along is asked anew as a query."""
    if request.method in ("GET", "HEAD"):
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    hidden, action = context.get("hidden"), context.get("action")
    return f"{OPENED_BY[action]}?{urlencode(hidden)}" if hidden is not None and action in OPENED_BY else None


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


def drawing(genes: Sequence[int], words: NullTranslations) -> Markup:
    return Markup(draw(genes, said(describe(genes), words)))  # noqa: S704 (our own numbers and words)


@cache
def environment(templates: Path, language: str = ENGLISH) -> Environment:
    words = words_of(templates, language)
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    vars(environment)["install_gettext_translations"](words, newstyle=True)
    environment.globals["said"] = lambda text: said(text, words)
    environment.globals["moment"] = partial(moment, language=language)
    environment.globals["static"] = lambda name: static_url(templates / "static", name)
    environment.globals["drawing"] = lambda genes: drawing(genes, words)
    environment.globals["grouped"] = grouped
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
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
