"""A backlog from a tracker: CSV as Jira, Linear or GitHub export it, read row by row into drafts and refusals.

Cells are words and nothing else: a formula stays the text it is.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from backend.errors import InvalidInput, Refused
from backend.tasks.draft import Draft

TITLES = ("summary", "title")
KEYS = ("issue key", "key", "id")
DESCRIPTIONS = ("description",)
MOST_ROWS = 10_000  # in one transaction, which on SQLite keeps every other writer out for a second or two


class NotABacklog(Refused):
    status = 422
    title = "This is not a backlog we can read"


class TooManyRows(Refused):
    status = 413
    title = "This backlog is too long for one import"

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The file has {rows:,} rows, and one import takes {MOST_ROWS:,} at most. Nothing was created."
            " Split the file and import its parts one by one."
        )


@dataclass(frozen=True)
class RefusedRow:
    """`row` as a spreadsheet counts: the header is row 1."""

    row: int
    key: str
    title: str
    reason: str


@dataclass
class Backlog:
    drafts: list[Draft] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True)
class Columns:
    title: int
    key: int | None
    description: int | None
    width: int


def read_backlog(data: bytes) -> Backlog:
    """Raises NotABacklog when the file as a whole makes no sense, TooManyRows; a bad row only refuses that row."""
    rows = read_rows(decode(data))
    try:
        columns = find_columns(next(rows, []))
        backlog = Backlog()
        filled = (each for each in enumerate(rows, start=2) if any(cell.strip() for cell in each[1]))
        for number, cells in islice(filled, MOST_ROWS):
            read_row(backlog, columns, number, cells)
        if further := sum(1 for _ in filled):
            raise TooManyRows(MOST_ROWS + further)
    except csv.Error as error:
        raise NotABacklog(f"The file can not be read as CSV: {error}. Are all quotes closed?") from None
    return backlog


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotABacklog("The file is not UTF-8 text. Export it as CSV in UTF-8 and try again.") from None


def read_rows(text: str) -> Iterator[list[str]]:
    """With whatever separates the cells of the header: a comma, a semicolon or a tab."""
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def find_columns(header: Sequence[str]) -> Columns:
    names = [" ".join(cell.split()).casefold() for cell in header]
    title = find(names, TITLES)
    if title is None:
        raise NotABacklog("The file has no column named Summary or Title in its first row.")
    return Columns(title, find(names, KEYS), find(names, DESCRIPTIONS), len(names))


def find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def read_row(backlog: Backlog, columns: Columns, number: int, cells: Sequence[str]) -> None:
    title, key = cell_at(cells, columns.title), cell_at(cells, columns.key)
    try:
        if len(cells) > columns.width:
            raise InvalidInput(f"This row has {len(cells)} cells, the first row {columns.width}.", field="row")
        backlog.drafts.append(Draft.of(title, cell_at(cells, columns.description), key))
    except InvalidInput as refusal:
        backlog.refused.append(RefusedRow(number, key[:200], title[:400], refusal.detail))


def cell_at(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""
