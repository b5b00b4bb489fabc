"""docs/sign-in-for-your-product.md shows what is run here: its snippets are in those files, its commands work."""

import re
import shlex

import pytest

from e2e.premises import REPOSITORY, House

PAGE = (REPOSITORY / "docs" / "sign-in-for-your-product.md").read_text()
QUOTED = re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
REGISTRATIONS = re.findall(r"^\.venv/bin/(auth-service product add .*)$", PAGE, re.MULTILINE)
LINKS = re.findall(r"\]\((?!http)([^)#]*)(?:#([^)]+))?\)", PAGE)


@pytest.mark.parametrize(("file", "snippet"), QUOTED)
def test_a_snippet_is_part_of_the_file_that_is_run(file: str, snippet: str) -> None:
    """`…` on a line of its own leaves something out; the parts come in the order of the file."""
    rest = (REPOSITORY / file).read_text()
    for part in snippet.split("…\n"):
        _, found, rest = rest.partition(part.strip("\n"))
        assert found, f"{file} does not have, here:\n{part}"


def test_every_client_is_quoted() -> None:
    assert {file.rsplit("/", 1)[1].split("_")[0] for file, _ in QUOTED} == {
        "starlette", "node", "browser", "apache", "jupyterhub", "api",
    }  # fmt: skip


@pytest.mark.parametrize("command", REGISTRATIONS)
def test_a_registration_works_as_written(house: House, command: str) -> None:
    assert "client_id: " in house.command(*shlex.split(command))


@pytest.mark.parametrize(("file", "anchor"), LINKS)
def test_a_link_leads_somewhere(file: str, anchor: str) -> None:
    assert (REPOSITORY / "docs" / file).exists()
    assert not anchor or anchor in {anchor_of(title) for title in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}


def anchor_of(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
