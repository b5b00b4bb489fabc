"""That the checklist is complete, and that docs/conformance.md tells the truth about these files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth_service.tests.conformance.plans import PLANS

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "conformance.md"
ROW = re.compile(r"^\| .* \| `(test_\w+\.py)` \| (\d+) \|$", re.MULTILINE)


def requirements_in(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def files() -> list[Path]:
    return sorted(file for file in HERE.glob("test_*.py") if file.name != Path(__file__).name)


@pytest.mark.parametrize("plan", PLANS)
def test_a_test_answers_to_every_module_of_the_certification_plan(plan: str) -> None:
    told = " ".join(ast.get_docstring(test) or "" for file in files() for test in requirements_in(file))
    named = set(re.findall(r"oidcc-[\w-]+", told))
    assert set(PLANS[plan]) - named == set()


def test_every_test_names_what_it_proves() -> None:
    silent = [test.name for file in files() for test in requirements_in(file) if not ast.get_docstring(test)]
    assert silent == []


def test_the_page_counts_what_is_there() -> None:
    counted = {file.name: len(list(requirements_in(file))) for file in files()}
    assert {name: int(count) for name, count in ROW.findall(PAGE.read_text())} == counted
