"""`auth-service session`."""

from typing import Annotated

import typer

from auth_service.console.speaking import at_the_console, give_up

session = typer.Typer(help="Who is signed in where.", no_args_is_help=True)

Who = Annotated[str | None, typer.Option("--person", help="e-mail address or id")]


@session.command("list")
def every(
    who: Who = None, ended: Annotated[bool, typer.Option("--ended", help="Those that are over as well.")] = False
) -> None:
    """Open sessions, the newest first."""
    with at_the_console() as house, house.database.reading() as transaction:
        from auth_service.administration.sessions import matching
        from auth_service.people.roster import known_as
        from auth_service.sessions.browser_session import BrowserSession

        person_id = known_as(transaction, who).id if who else None
        wanted = matching(person_id=person_id, product=None, is_open=None if ended else True, at=house.clock())
        for browser, name in transaction.execute(wanted.order_by(BrowserSession.id.desc())):
            over = f"  ended {browser.ended_at:%Y-%m-%d %H:%M} UTC" if browser.ended_at else ""
            place = f"{browser.address or 'somewhere'}  {browser.device or ''}".rstrip()
            print(f"{browser.id}  {name:<24} seen {browser.seen_at:%Y-%m-%d %H:%M} UTC  {place}{over}")


@session.command("end")
def end(
    session_id: Annotated[str | None, typer.Argument(help="as `session list` shows it")] = None, who: Who = None
) -> None:
    """End one session, or all of a person's. Their products hear of it."""
    if (session_id is None) == (who is None):
        give_up("Name one session, or --person for all of somebody's.")
    with at_the_console() as house, house.database.writing() as transaction:
        from auth_service.administration.sessions import end_all, end_one
        from auth_service.people.roster import known_as
        from auth_service.trail.doer import AT_THE_CONSOLE

        if session_id:
            end_one(transaction, session_id, at=house.clock(), by=AT_THE_CONSOLE)
        elif who:
            end_all(transaction, known_as(transaction, who), at=house.clock(), by=AT_THE_CONSOLE)
    print("Ended.")
