"""PARTS (all): assign, close, done, books. N tasks over M popugs; SECONDS for each rate; E entries of the books."""

import os

from backend.tests.bench.assigning import measure_assigning
from backend.tests.bench.stage import number, servers


def main() -> None:
    tasks, people = number("N", 50_000), number("M", 5_000)
    parts = (os.environ.get("PARTS") or "assign,close,done,books").split(",")
    with servers() as make:
        if "assign" in parts:
            for name in ("PostgreSQL", "SQLite"):
                measure_assigning(make(name), tasks, people)


if __name__ == "__main__":
    main()
