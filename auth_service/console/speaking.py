"""How the console hears and speaks: the house for one verb, refusals as sentences, answers as text or JSON."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:  # the verbs import what they need, so that each starts quickly
    from auth_service.house import House


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
    return sys.stdin.read() if source == "-" else Path(source).read_text()
