"""PARTS (all): assign, close, done, books. ENGINES (both). N tasks over M popugs; SECONDS for each rate; E entries."""

import os

from backend.tests.bench.assigning import measure_assigning
from backend.tests.bench.books import measure_books
from backend.tests.bench.closing import measure_closing
from backend.tests.bench.finishing import measure_finishing
from backend.tests.bench.stage import number, servers

BOTH = "PostgreSQL,SQLite"


def main() -> None:
    tasks, people, accounts = number("N", 100_000), number("M", 10_000), number("ACCOUNTS", 20_000)
    seconds, entries = number("SECONDS", 4), number("E", 1_000_000)
    parts = (os.environ.get("PARTS") or "done,assign,close,books").split(",")
    engines = (os.environ.get("ENGINES") or BOTH).split(",")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before we begin")
    with servers() as make:
        for part in parts:
            if part == "books":
                measure_books(make("PostgreSQL"), entries, people)
            for name in engines:
                if part == "done":
                    measure_finishing(make(name), min(tasks, 200_000), people, seconds)
                if part == "assign":
                    measure_assigning(make(name), tasks, people)
                if part == "close":
                    measure_closing(make(name), accounts)


if __name__ == "__main__":
    main()
