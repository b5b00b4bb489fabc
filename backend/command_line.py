"""The command line: serve, migrate, and what the house's keepers do by hand."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from uuid import UUID

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from backend.house import House
    from backend.settings import Settings
    from backend.tasks.importing import Report

SHOWN_DIFFERENCES = 100

app = typer.Typer(help="aTES: tasks, accounting, analytics, mail.", no_args_is_help=True, add_completion=False)


@app.command()
def serve(
    migrate_first: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Answer requests, follow the people directory, close each day at its end, carry the mail."""
    from backend.app import create_app
    from backend.serving import serve as serve_until_told

    settings = load_settings()
    if settings.client_secret is None:
        give_up(
            "BACKEND_CLIENT_SECRET is not set. It is the secret auth_service knows the backend by "
            "(AUTH_SERVICE_BACKEND_SECRET there). Make one with: openssl rand -base64 32"
        )
    if migrate_first:
        bring_up_to_date(settings)
    serve_until_told(create_app(settings, at_work=True), settings)


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    bring_up_to_date(load_settings())


@app.command()
def close_day(
    day: Annotated[str, typer.Option(help="Such as 2026-03-04, or `today`; else every day that is over.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Say what would be paid, and change nothing.")] = False,
) -> None:
    """End the business day: pay every positive balance out and mail it; oldest day first, each exactly once."""
    from backend.money_verbs import close

    with open_house() as house:
        last = read_day(day, house.now().day) if day else None
        for line in close(house, last, only_preview=preview):
            print(line)


@app.command(name="correct")
def correct_account(
    account: Annotated[str, typer.Argument(help="Whose account: their e-mail address.")],
    amount: Annotated[str, typer.Argument(help="In dollars, such as 12.50; after `--` also -12.50.")],
    reason: Annotated[str, typer.Option(help="Shown to them in their audit log.")],
    as_email: Annotated[str, typer.Option("--as", help="Who makes the correction: an accountant or an admin.")],
) -> None:
    """Put a mistake right with an entry on the open day; to undo it, correct by the opposite amount."""
    from backend.money_verbs import correct_by_hand

    with open_house() as house:
        print(correct_by_hand(house, whose=account, amount=amount, reason=reason, by=as_email))


@app.command()
def import_tasks(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV as Jira, Linear or GitHub export it.")],
    as_email: Annotated[str, typer.Option("--as", help="Whose tasks these are; else the house's own.")] = "",
) -> None:
    """Create a task for every row of a backlog, all or none, and say which rows were refused and why."""
    from backend.database import writing
    from backend.money_verbs import count, dollars
    from backend.tasks.backlog import read_backlog
    from backend.tasks.importing import import_backlog

    with open_house() as house:
        if house.settings.client_secret:
            house.feed.sync_everything()
        author, backlog = find_author(house, as_email), read_backlog(file.read_bytes())

        def take_in(connection: "Connection") -> "Report":
            return import_backlog(connection, backlog, by=author, at=house.now(), lot=house.lot)

        report = writing(house.engine, take_in)
    for row in report.refused:
        print(f"row {row.row}: {row.key} {row.title!r}: {row.reason}")
    created, refused = count(report.created, "task", "tasks"), count(len(report.refused), "row", "rows")
    print(f"{created} created, {dollars(report.fees_cents)} charged, {refused} refused")


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    proof: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Check this file from a payout letter, offline.")
    ] = None,
) -> None:
    """Derive every balance, total, seal, payout and letter again from the entries; exit status 1 when one differs."""
    import json

    from backend.database import reading
    from backend.verification import verify as find_broken

    if proof:
        verify_proof(proof, as_json=as_json)
        return
    with open_house() as house, reading(house.engine) as connection:
        broken = find_broken(connection)
    if as_json:
        print(json.dumps([vars(each) for each in broken]))
    for each in broken if not as_json else []:
        print(f"BROKEN: {each.promise}: {'; '.join(each.where)}")
    if broken:
        raise typer.Exit(1)
    if not as_json:
        print("The books are right.")


@app.command()
def demo(
    tasks: Annotated[int, typer.Option(min=0, max=10_000_000, help="Open tasks.")] = 100_000,
    people: Annotated[int, typer.Option(min=1, max=1_000_000, help="Workers, who can not sign in.")] = 10_000,
) -> None:
    """Fill an empty database with a large company, for measurements."""
    from backend.demo.large_company import found
    from backend.money_verbs import dollars

    with open_house() as house:
        fees_cents = found(house.engine, tasks=tasks, people=people, dice=house.dice, now=house.now)
    print(f"{tasks} open tasks with {people} popugs, {dollars(fees_cents)} charged")


@app.command()
def verify_draw(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="The id of a reassignment, or `last`.")] = "last",
) -> None:
    """Draw a round of Assign tasks again from its seed and roster; exit status 1 when somebody got something else."""
    from backend.database import reading
    from backend.tasks.draw_check import check_draw
    from backend.tasks.rounds import newest_round

    with open_house() as house, reading(house.engine) as connection:
        wanted = newest_round(connection) if round_id == "last" else read_id(round_id)
        if wanted is None:
            give_up("No tasks were ever assigned by a round.")
        found = check_draw(connection, wanted)
    for difference in found.differences[:SHOWN_DIFFERENCES]:
        print(f"DIFFERS: {difference}")
    if found.differences:
        print(f"{len(found.differences)} differences in round {wanted}")
        raise typer.Exit(1)
    print(f"Round {wanted}: all {found.dealt} tasks are where the draw sent them.")


@contextmanager
def open_house() -> "Iterator[House]":
    """A refusal inside is a sentence for whoever typed the command, and exit status 2."""
    from backend.errors import Refused
    from backend.house import furnish
    from backend.migrations import is_current

    house = furnish(load_settings())
    try:
        if not is_current(house.engine):
            give_up("The database is not up to date. Run: backend migrate")
        yield house
    except Refused as refusal:
        give_up(refusal.detail)
    finally:
        house.close()


def read_day(text: str, today: date) -> date:
    try:
        return today if text == "today" else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a day such as {today}") from None


def read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not the id of a round") from None


def verify_proof(file: Path, *, as_json: bool) -> None:
    import json

    from backend.accounting.proofs import WrongProofError, read_proof
    from backend.money_verbs import say_proven

    try:
        proven = read_proof(file.read_bytes())
    except WrongProofError as error:
        print(json.dumps({"right": False, "error": str(error)}) if as_json else f"WRONG: {error}")
        raise typer.Exit(1) from None
    told = {"right": True, **vars(proven)}
    for line in [json.dumps(told)] if as_json else say_proven(proven):
        print(line)


def find_author(house: "House", email: str) -> UUID:
    from backend.accounting.ledger import HOUSE
    from backend.database import reading
    from backend.people.replica import find_by_email

    if not email:
        return HOUSE
    with reading(house.engine) as connection:
        person = find_by_email(connection, email)
    if person is None:
        give_up(f"Nobody here has the address {email}.")
    return person.id


def bring_up_to_date(settings: "Settings") -> None:
    from backend.migrations import migrate as migrate_database

    migrate_database(settings.database_url)


def load_settings() -> "Settings":
    from pydantic import ValidationError

    from backend.settings import Settings

    try:
        return Settings.load()
    except ValidationError as error:
        for found in error.errors():
            name = "_".join(str(part) for part in found["loc"]).upper()
            print(f"BACKEND_{name}: {found['msg']}", file=sys.stderr)
        raise typer.Exit(2) from None


def give_up(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(2)
