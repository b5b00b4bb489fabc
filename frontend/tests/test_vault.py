"""Seals."""

import pytest

from frontend.vault import BrokenSeal, Vault

VAULT = Vault("a secret that is long enough for this", label="sessions")


def test_what_is_sealed_opens_in_its_place_only() -> None:
    sealed = VAULT.seal("token", place="ann's session")
    assert b"token" not in sealed
    assert VAULT.unseal(sealed, place="ann's session") == "token"
    with pytest.raises(BrokenSeal):
        VAULT.unseal(sealed, place="bob's session")


def test_the_same_text_never_looks_the_same() -> None:
    assert VAULT.seal("token", place="x") != VAULT.seal("token", place="x")


def test_another_purpose_has_another_key() -> None:
    with pytest.raises(BrokenSeal):
        Vault("a secret that is long enough for this", label="cookies").unseal(VAULT.seal("t", place="x"), place="x")


@pytest.mark.parametrize("text", ["", "x", "%%%", "é", "a" * 40, "A" * 4096])
def test_garbage_does_not_open(text: str) -> None:
    with pytest.raises(BrokenSeal):
        VAULT.unseal_text(text, place="x")


def test_text_seals_fit_into_a_cookie() -> None:
    sealed = VAULT.seal_text("päth?", place="x")
    assert sealed.replace("-", "").replace("_", "").isalnum()
    assert VAULT.unseal_text(sealed, place="x") == "päth?"
