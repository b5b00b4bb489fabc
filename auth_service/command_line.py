"""`auth-service`: serve, migrate, and what an administrator does at the console. All work while it serves."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:  # the verbs import what they need, so that each starts quickly
    from auth_service.house import House

app = typer.Typer(help="Who people are, and how they prove it.", no_args_is_help=True, pretty_exceptions_enable=False)
person = typer.Typer(help="People and their roles.", no_args_is_help=True)
product = typer.Typer(help="Products that may ask people to sign in.", no_args_is_help=True)
keys = typer.Typer(help="Signing keys.", no_args_is_help=True)
app.add_typer(person, name="person")
app.add_typer(product, name="product")
app.add_typer(keys, name="keys")


@app.command()
def serve(
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    with spoken_refusals():
        from auth_service import migrations, serving

        serving.keep_memory_small()
        from auth_service.app import create_app
        from auth_service.opening import open_house
        from auth_service.settings import load_settings

        settings = load_settings()
        if migrate:
            migrations.migrate(settings.database_url)
        application = create_app(settings, background=True)
        open_house(application.state.house)
        serving.serve(application, settings)


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    with spoken_refusals():
        from auth_service import migrations
        from auth_service.settings import load_settings

        migrations.migrate(load_settings().database_url)


@person.command("add")
def person_add(
    name: str,
    email: str,
    role: Annotated[str, typer.Option(help="worker, manager, accountant or admin")] = "worker",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Hire someone. Their beak shape is printed now and never again. Also makes the first admin."""
    with at_the_console() as house:
        from auth_service.migrations import migrate_if_empty
        from auth_service.people.egg import lay
        from auth_service.people.hiring import hire
        from auth_service.people.views import NewPerson
        from auth_service.trail.doer import AT_THE_CONSOLE

        wanted = NewPerson.model_validate({"name": name, "email": email, "role": role})
        migrate_if_empty(house.settings.database_url)
        egg = lay(house.rng, house.proof)
        with house.database.writing() as session:
            hired, beak = hire(
                session,
                **wanted.model_dump(exclude={"invite"}),
                at=house.clock(),
                rng=house.rng,
                egg=egg,
                by=AT_THE_CONSOLE,
            )
        shown = {"id": hired.id, "name": hired.name, "email": hired.email, "role": hired.role, "beak_shape": str(beak)}
    show(shown, as_json=as_json)


@person.command("list")
def person_list(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Everyone, by name."""
    with at_the_console() as house, house.database.reading() as session:
        from auth_service.people.roster import everyone

        people = [
            {"id": one.id, "name": one.name, "email": one.email, "role": one.role, "active": one.active}
            for one in everyone(session)
        ]
    if as_json:
        print(json.dumps(people, ensure_ascii=False))
    else:
        for one in people:
            state = "" if one["active"] else "  (dismissed)"
            print(f"{one['role']:<11} {one['name']} <{one['email']}>{state}")


@person.command("disable")
def person_disable(who: Annotated[str, typer.Argument(help="e-mail address or id")]) -> None:
    """Dismiss someone: every session and token of theirs ends."""
    change(who, {"active": False})


@person.command("role")
def person_role(who: Annotated[str, typer.Argument(help="e-mail address or id")], role: str) -> None:
    """Give someone another role."""
    change(who, {"role": role})


def change(who: str, wanted: dict[str, object]) -> None:
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.people.hiring import change_person
        from auth_service.people.roster import known_as
        from auth_service.people.views import PersonChange
        from auth_service.trail.doer import AT_THE_CONSOLE

        found, wanted_change = known_as(session, who), PersonChange.model_validate(wanted)
        changed = change_person(session, found.id, wanted_change, at=house.clock(), by=AT_THE_CONSOLE)
        print(f"{changed.name} is {changed.role}" + ("" if changed.active else ", dismissed"))


@product.command("add")
def product_add(
    name: Annotated[str | None, typer.Argument(help="shown to people when they sign in")] = None,
    redirect_uri: Annotated[list[str] | None, typer.Option()] = None,
    post_logout_redirect_uri: Annotated[list[str] | None, typer.Option()] = None,
    backchannel_logout_uri: Annotated[str | None, typer.Option()] = None,
    client_id: Annotated[str | None, typer.Option(help="made up when left out")] = None,
    scope: Annotated[str | None, typer.Option(help="what it may ask for, separated by spaces")] = None,
    public: Annotated[bool, typer.Option("--public", help="It can not keep a secret (browser, mobile).")] = False,
    trusted: Annotated[bool, typer.Option("--trusted", help="People are not asked for consent.")] = False,
    role: Annotated[list[str] | None, typer.Option(help="only people of this role may enter")] = None,
    person: Annotated[list[str] | None, typer.Option(help="and this one: e-mail address or id")] = None,
    metadata: Annotated[
        str | None, typer.Option(help="RFC 7591 metadata: a JSON file, or - for standard input")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Register a product. Its secret is printed now and never again."""
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.people.person import Role
        from auth_service.people.roster import known_as
        from auth_service.products.registration import ClientMetadata, as_registered, register
        from auth_service.trail.doer import AT_THE_CONSOLE

        if metadata:
            wanted = ClientMetadata.model_validate_json(read_text(metadata))
        else:
            given = {
                "client_name": name,
                "client_id": client_id,
                "redirect_uris": redirect_uri,
                "post_logout_redirect_uris": post_logout_redirect_uri,
                "backchannel_logout_uri": backchannel_logout_uri,
                "scope": scope,
                "token_endpoint_auth_method": "none" if public else None,
            }
            wanted = ClientMetadata.model_validate({key: value for key, value in given.items() if value})
        people = [known_as(session, who).id for who in person or []]
        roles = [Role(name) for name in role or []]
        registered, secret = register(
            session, wanted, trusted=trusted, at=house.clock(), roles=roles, people=people, by=AT_THE_CONSOLE
        )
        answer = as_registered(registered, secret)
    if metadata:
        print(json.dumps(answer))
    else:
        show({key: answer.get(key) for key in ("client_id", "client_secret")}, as_json=as_json)


@product.command("list")
def product_list() -> None:
    """Every product and where it lives."""
    with at_the_console() as house, house.database.reading() as session:
        from auth_service.products.product import every_product

        for one in every_product(session):
            print(f"{one.client_id:<24} {one.name:<24} {' '.join(one.redirect_uris)}")


@keys.command("list")
def keys_list() -> None:
    """Signing keys: what signs, what will, what did, and what was withdrawn."""
    with at_the_console() as house, house.database.reading() as session:
        from auth_service.keys.overview import overview

        shown = overview(session, every=house.settings.key_rotation_every, at=house.clock())
    for key in shown.items:
        moments = (("signs from", key.signs_from), ("until", key.retires_at), ("withdrawn", key.withdrawn_at))
        dates = ", ".join(f"{word} {at:%Y-%m-%d %H:%M} UTC" for word, at in moments if at)
        print(f"{key.kid}  {key.algorithm:<6} {key.state:<9} {dates}".rstrip())


@keys.command("rotate")
def keys_rotate() -> None:
    """Let the next keys sign now; the old ones stay published until their last token has died."""
    with at_the_console() as house:
        from auth_service.administration.keys import rotate_now
        from auth_service.keys.rotation import make_missing_keys
        from auth_service.trail.doer import AT_THE_CONSOLE

        make_missing_keys(house.database, sealing=house.keys.sealing, at=house.clock())
        rotate_now(house, by=AT_THE_CONSOLE)
    print("Rotated. Running processes sign with the new keys within two seconds.")


@keys.command("withdraw")
def keys_withdraw(kid: Annotated[str, typer.Argument(help="as `keys list` shows it")]) -> None:
    """Declare a key stolen: it leaves the key set, and nothing that it signed is accepted any more."""
    with at_the_console() as house:
        from auth_service.administration.keys import withdraw_now
        from auth_service.trail.doer import AT_THE_CONSOLE

        withdraw_now(house, kid, by=AT_THE_CONSOLE)
    print("Withdrawn. Running processes refuse what it signed within two seconds.")


@contextmanager
def at_the_console() -> "Iterator[House]":
    with spoken_refusals():
        from auth_service.house import furnish
        from auth_service.settings import load_settings

        house = furnish(load_settings())
        try:
            yield house
        finally:
            house.database.close()


@contextmanager
def spoken_refusals() -> Iterator[None]:
    """A refusal is a sentence on standard error and exit status 1, never a stack trace."""
    from pydantic import ValidationError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from auth_service.errors import CannotStart, Refused, in_words

    try:
        yield
    except Refused as refusal:
        give_up(refusal.detail)
    except CannotStart as reason:
        give_up(str(reason))
    except ValidationError as error:
        problems = (in_words(one) for one in error.errors())
        give_up("\n".join(f"{one['field']}: {one['message']}" for one in problems))
    except (OperationalError, ProgrammingError) as error:
        give_up(f"The database is not ready: {error.orig}\nRun `auth-service migrate` first.")


def give_up(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def show(values: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({name: value for name, value in values.items() if value is not None}, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {value}" for name, value in values.items() if value is not None))


def read_text(source: str) -> str:
    from pathlib import Path

    return sys.stdin.read() if source == "-" else Path(source).read_text()
