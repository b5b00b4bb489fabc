"""Tables to take away as CSV: streamed page by page, so that none is too large and no slow reader holds a snapshot."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi.responses import StreamingResponse

Cell = str | int | date | None
Page = Iterable[Sequence[Cell]]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet would run


def answer_csv(name: str, header: Sequence[str], pages: Iterator[Page]) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(write(header, pages), media_type="text/csv", headers=headers)


def write(header: Sequence[str], pages: Iterator[Page]) -> Iterator[str]:
    yield lines([header])
    for page in pages:
        yield lines(page)


def lines(rows: Page) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()


def neutral(cell: Cell) -> Cell:
    """Words stay words; our own numbers may begin with a minus and are given as numbers or by `dollars`."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) and not isinstance(cell, Amount) else cell


class Amount(str):
    """A number as we wrote it."""

    __slots__ = ()


def dollars(cents: int) -> Amount:
    """-1250 as -12.50."""
    return Amount(f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}")


def local(instant: datetime, zone: ZoneInfo) -> str:
    """In company time, with its distance to UTC."""
    return instant.astimezone(zone).isoformat(sep=" ", timespec="seconds")
