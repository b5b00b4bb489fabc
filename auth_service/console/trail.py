"""`auth-service trail`."""

import sys
from typing import Annotated

import typer

from auth_service.console.speaking import at_the_console

Filter = Annotated[str | None, typer.Option()]
Person = Annotated[str | None, typer.Option(help="e-mail address or id")]
Moment = Annotated[str | None, typer.Option(help="2026-03-02, or 2026-03-02T09:30:00Z")]


def trail(
    what: Annotated[str | None, typer.Option(help="a deed, such as role_changed")] = None,
    by: Person = None,
    whom: Person = None,
    product: Filter = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, typer.Option(min=1, help="so many, the newest first")] = 100,
    as_table: Annotated[bool, typer.Option("--csv", help="All of it, as a table.")] = False,
) -> None:
    """Who did what to whom, when, and from where."""
    with at_the_console() as house:
        from auth_service.administration.trail import lines
        from auth_service.administration.trail_query import Filters, TrailItem, deed_called, items, moment
        from auth_service.people.roster import known_as

        with house.database.reading() as session:
            wanted = Filters(
                what=deed_called(what),
                by=known_as(session, by).id if by else None,
                whom=known_as(session, whom).id if whom else None,
                product=product,
                since=moment("since", since),
                until=moment("until", until, whole_day=True),
            )
            found: list[TrailItem] = (
                [] if as_table else list(items(session, session.scalars(wanted.query().limit(limit)).all()))
            )
        if as_table:
            sys.stdout.writelines(lines(house, wanted))
        for one in found:
            print(in_a_line(one.model_dump()))


def in_a_line(one: dict[str, object]) -> str:
    doer, whom, product = (name_of(one[key]) for key in ("by", "whom", "product"))
    place = " ".join(str(part) for part in (one["address"], one["device"]) if part)
    words = [f"{one['at']:%Y-%m-%d %H:%M:%S} UTC", f"{one['what']:<20}"]
    words += [f"by {doer}"] if doer else []
    words += [f"to {whom}"] if whom else []
    words += [f"at {product}"] if product else []
    words += [f"from {place}"] if place else []
    return "  ".join(words + ([str(one["details"])] if one["details"] else []))


def name_of(named: object) -> str:
    return str(named.get("name") or named.get("client_name") or named.get("id")) if isinstance(named, dict) else ""
