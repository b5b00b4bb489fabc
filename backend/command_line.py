"""The command line: serve, migrate, and what the house's keepers do by hand."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.settings import Settings

app = typer.Typer(help="aTES: tasks, accounting, analytics, mail.", no_args_is_help=True, add_completion=False)


@app.command()
def serve(
    migrate_first: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Answer requests, follow the people directory, carry the mail."""
    import uvicorn

    from backend.app import create_app

    settings = load_settings()
    if settings.client_secret is None:
        give_up(
            "BACKEND_CLIENT_SECRET is not set. It is the secret auth_service knows the backend by "
            "(AUTH_SERVICE_BACKEND_SECRET there). Make one with: openssl rand -base64 32"
        )
    if migrate_first:
        bring_up_to_date(settings)
    config = uvicorn.Config(
        create_app(settings, at_work=True),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run()


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    bring_up_to_date(load_settings())


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


def give_up(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise typer.Exit(2)
