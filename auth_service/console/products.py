"""`auth-service product`."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auth_service.console.speaking import at_the_console, give_up, read_text, show

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

product = typer.Typer(help="Products that may ask people to sign in.", no_args_is_help=True)

Several = Annotated[list[str] | None, typer.Option()]
One = Annotated[str | None, typer.Option()]
Scope = Annotated[str | None, typer.Option(help="what it may ask for, separated by spaces")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="only people of this role may enter")]
People = Annotated[list[str] | None, typer.Option("--person", help="and this one: e-mail address or id")]
Metadata = Annotated[str | None, typer.Option(help="RFC 7591 metadata: a JSON file, or - for standard input")]
AsJson = Annotated[bool, typer.Option("--json")]


@product.command("add")
def add(
    name: Annotated[str | None, typer.Argument(help="shown to people when they sign in")] = None,
    redirect_uri: Several = None,
    post_logout_redirect_uri: Several = None,
    backchannel_logout_uri: One = None,
    client_id: Annotated[str | None, typer.Option(help="made up when left out")] = None,
    scope: Scope = None,
    public: Annotated[bool, typer.Option("--public", help="It can not keep a secret (browser, mobile).")] = False,
    trusted: Annotated[bool, typer.Option("--trusted", help="People are not asked for consent.")] = False,
    roles: Roles = None,
    people: People = None,
    metadata: Metadata = None,
    as_json: AsJson = False,
) -> None:
    """Register a product. Its secret is printed now and never again. What is typed here goes before --metadata."""
    typed = {
        "client_name": name,
        "client_id": client_id,
        "redirect_uris": redirect_uri,
        "post_logout_redirect_uris": post_logout_redirect_uri,
        "backchannel_logout_uri": backchannel_logout_uri,
        "scope": scope,
        "token_endpoint_auth_method": "none" if public else None,
    }
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.people.person import Role
        from auth_service.products.registration import ClientMetadata, as_registered, register
        from auth_service.trail.doer import AT_THE_CONSOLE

        registered, secret = register(
            session,
            ClientMetadata.model_validate(members(metadata, typed)),
            trusted=trusted,
            at=house.clock(),
            roles=[Role(role) for role in known_roles(roles)],
            people=ids_of(session, people),
            by=AT_THE_CONSOLE,
        )
        answer = as_registered(registered, secret)
    if metadata:
        print(json.dumps(answer))
    else:
        show({key: answer.get(key) for key in ("client_id", "client_secret")}, as_json=as_json)


@product.command("edit")
def edit(
    client_id: str,
    name: One = None,
    redirect_uri: Several = None,
    post_logout_redirect_uri: Several = None,
    backchannel_logout_uri: One = None,
    scope: Scope = None,
    trusted: Annotated[bool | None, typer.Option("--trusted/--untrusted")] = None,
    roles: Roles = None,
    people: People = None,
    open_to_all: Annotated[bool, typer.Option("--open-to-all", help="Everyone may enter.")] = False,
    metadata: Metadata = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named; a list that is given takes the place of the old one, and null in --metadata removes."""
    typed = {
        "client_name": name,
        "redirect_uris": redirect_uri,
        "post_logout_redirect_uris": post_logout_redirect_uri,
        "backchannel_logout_uri": backchannel_logout_uri,
        "scope": scope,
        "trusted": trusted,
    }
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.products import editing
        from auth_service.trail.doer import AT_THE_CONSOLE

        wanted = members(metadata, typed)
        if roles or people or open_to_all:
            wanted |= {"roles": known_roles(roles), "people": ids_of(session, people)}
        found = editing.product_to_change(session, client_id, house.settings)
        secret = editing.edit(session, found, wanted, at=house.clock(), by=AT_THE_CONSOLE)
        shown = {"client_id": client_id, "client_name": found.name, "version": found.version, "client_secret": secret}
    show(shown, as_json=as_json)


@product.command("secret")
def new_secret(
    client_id: str,
    overlap_seconds: Annotated[
        int, typer.Option("--overlap", min=0, max=30 * 24 * 3600, help="seconds that the old secret stays good")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a new secret. It is printed now and never again."""
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.products.editing import product_to_change, renew_secret
        from auth_service.trail.doer import AT_THE_CONSOLE

        found = product_to_change(session, client_id, house.settings)
        overlap = timedelta(seconds=overlap_seconds)
        secret = renew_secret(session, found, overlap=overlap, at=house.clock(), by=AT_THE_CONSOLE)
        until = found.previous_secret_expires_at
    shown = {"client_secret": secret, "previous_secret_expires_at": until.isoformat() if until else None}
    show(shown, as_json=as_json)


@product.command("disable")
def disable(client_id: str) -> None:
    """Switch a product off: nobody enters, and what it was let in for ends."""
    switch_to(client_id, active=False)


@product.command("enable")
def enable(client_id: str) -> None:
    """Switch it on again."""
    switch_to(client_id, active=True)


def switch_to(client_id: str, *, active: bool) -> None:
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.products.editing import product_to_change
        from auth_service.sessions.closing import switch
        from auth_service.trail.doer import AT_THE_CONSOLE

        found = product_to_change(session, client_id, house.settings)
        switch(session, found, active=active, at=house.clock(), by=AT_THE_CONSOLE)
        print(f"{found.name} is {'on' if active else 'switched off'}")


@product.command("list")
def every() -> None:
    """Every product and where it lives."""
    with at_the_console() as house, house.database.reading() as session:
        from auth_service.products.product import every_product

        for one in every_product(session):
            state = "" if one.active else "  (switched off)"
            print(f"{one.client_id:<24} {one.name:<24} {' '.join(one.redirect_uris)}{state}")


def members(metadata: str | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Of the file, and of the command line, which goes first."""
    given = {name: value for name, value in typed.items() if value is not None and value != []}
    if metadata is None:
        return given
    try:
        document = json.loads(read_text(metadata))
    except ValueError as error:
        give_up(f"The metadata are not JSON: {error}")
    except OSError as error:
        give_up(f"The metadata can not be read: {error}")
    if not isinstance(document, dict):
        give_up('The metadata must be a JSON object, such as {"client_name": "Perch Shop"}.')
    return document | given


def known_roles(names: list[str] | None) -> list[str]:
    from auth_service.people.person import Role

    if unknown := [name for name in names or [] if name not in list(Role)]:
        give_up(f"There is no role {unknown[0]}; there are {', '.join(Role)}.")
    return list(names or [])


def ids_of(session: "Session", people: list[str] | None) -> list[str]:
    from auth_service.people.roster import known_as

    return [known_as(session, who).id for who in people or []]
