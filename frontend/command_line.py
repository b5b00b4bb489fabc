"""`frontend serve` and `frontend migrate`."""

from typing import Annotated

import typer

app = typer.Typer(help="What people see of aTES.", no_args_is_help=True, add_completion=False)


@app.command()
def serve(
    migrate_first: Annotated[bool, typer.Option("--migrate", help="Migrate the database first.")] = False,
) -> None:
    """Serves the pages until SIGTERM or SIGINT."""
    from frontend.app import create_app
    from frontend.database import migrate
    from frontend.serving import serve as serve_until_told
    from frontend.settings import NotConfigured, Settings

    try:
        settings = Settings.load()
    except NotConfigured as error:
        typer.echo(f"frontend can not start: {error}", err=True)
        raise typer.Exit(2) from None
    if migrate_first:
        migrate(settings.database_url)
    serve_until_told(create_app(settings), settings)


@app.command(name="migrate")
def migrate_database() -> None:
    """Brings the database to its newest form."""
    from frontend.database import migrate
    from frontend.settings import NotConfigured, Settings

    try:
        migrate(Settings.load().database_url)
    except NotConfigured as error:
        typer.echo(f"frontend can not migrate: {error}", err=True)
        raise typer.Exit(2) from None
