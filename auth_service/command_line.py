"""`auth-service`: serve, migrate, and what an administrator does at the console. All work while it serves."""

import json
from typing import Annotated

import typer

from auth_service.console.keys import keys
from auth_service.console.products import product
from auth_service.console.sessions import session
from auth_service.console.speaking import at_the_console, show, spoken_refusals
from auth_service.console.trail import trail

app = typer.Typer(help="Who people are, and how they prove it.", no_args_is_help=True, pretty_exceptions_enable=False)
person = typer.Typer(help="People and their roles.", no_args_is_help=True)
app.add_typer(person, name="person")
app.add_typer(product, name="product")
app.add_typer(session, name="session")
app.add_typer(keys, name="keys")
app.command()(trail)


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
    invited: Annotated[bool, typer.Option("--invite", help="Print a link instead, to hatch a beak by.")] = False,
) -> None:
    """Hire someone. Their beak shape is printed now and never again. Also makes the first admin."""
    with at_the_console() as house:
        from auth_service.migrations import migrate_if_empty
        from auth_service.people.egg import lay
        from auth_service.people.hiring import hire
        from auth_service.people.invitation import invite
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
            link = invite(session, hired.id, by=AT_THE_CONSOLE, at=house.clock()) if invited else None
        told = {"hatching_url": link.url(house.issuer)} if link else {"beak_shape": str(beak)}
        shown = {"id": hired.id, "name": hired.name, "email": hired.email, "role": hired.role} | told
    show(shown, as_json=as_json)


@person.command("invite")
def person_invite(
    who: Annotated[str, typer.Argument(help="e-mail address or id")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """A link by which someone hatches their own beak: good once, for seven days. A link made before is dead."""
    with at_the_console() as house, house.database.writing() as session:
        from auth_service.people.invitation import invite
        from auth_service.people.roster import known_as
        from auth_service.trail.doer import AT_THE_CONSOLE

        link = invite(session, known_as(session, who).id, by=AT_THE_CONSOLE, at=house.clock())
        shown = {"hatching_url": link.url(house.issuer), "hatching_expires_at": link.expires_at.isoformat()}
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


@person.command("restore")
def person_restore(who: Annotated[str, typer.Argument(help="e-mail address or id")]) -> None:
    """Let someone back in who was dismissed, with the beak they had."""
    change(who, {"active": True})


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
