"""Words that may become a task."""

import pytest

from backend.errors import InvalidInput
from backend.tasks.draft import Draft
from backend.tests.company import Company, Popug


@pytest.mark.parametrize(
    ("pasted", "key", "title"),
    [
        ("[POPUG-42] - Fix the perch", "POPUG-42", "Fix the perch"),
        ("[POPUG-42] Fix the perch", "POPUG-42", "Fix the perch"),
        ("  [ POPUG-42 ] — Fix the perch ", "POPUG-42", "Fix the perch"),
        ("[a_b2-1]:Fix", "a_b2-1", "Fix"),
        ("Fix\tthe \n perch", None, "Fix the perch"),
        ("=HYPERLINK(1)", None, "=HYPERLINK(1)"),
        ("Ü" * 200, None, "Ü" * 200),
    ],
)
def test_a_title_is_read_as_people_mean_it(pasted: str, key: str | None, title: str) -> None:
    draft = Draft.of(pasted)
    assert (draft.key, draft.title) == (key, title)


@pytest.mark.parametrize(
    "title",
    ["", "   ", "x" * 201, "[JDK8] Sort children", "parse(String[])", "[POPUG-1]", "a\x00b", "\ud83e", "bell\x07"],
)
def test_a_title_that_does_not_fit_is_refused_and_nothing_is_charged(company: Company, ann: Popug, title: str) -> None:
    with pytest.raises(InvalidInput):
        Draft.of(title)
    answer = company.client.post(
        "/tasks",
        content=b'{"title": "%s"}' % title.encode("unicode_escape").replace(b"\\x", b"\\u00"),
        headers={**ann.headers(), "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "title"
    assert ann.balance() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "two words"), ("key", "[A-1]"), ("key", "K" * 41), ("description", "x" * 20_001), ("description", "\x00")],
)
def test_the_other_words_have_rules_too(ann: Popug, field: str, value: str) -> None:
    answer = ann.post("/tasks", {"title": "Fix the perch", field: value})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_pasted_key_may_repeat_the_key_but_not_contradict_it() -> None:
    assert Draft.of("[POPUG-1] Oil the door", key="POPUG-1").key == "POPUG-1"
    with pytest.raises(InvalidInput):
        Draft.of("[POPUG-1] Oil the door", key="POPUG-2")
