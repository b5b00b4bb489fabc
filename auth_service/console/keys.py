"""`auth-service keys`."""

from typing import Annotated

import typer

from auth_service.console.speaking import at_the_console

keys = typer.Typer(help="Signing keys.", no_args_is_help=True)


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
