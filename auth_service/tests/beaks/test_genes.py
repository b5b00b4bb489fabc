"""Sixteen genes, each with words for every step."""

import pytest

from auth_service.beaks.genes import GENES, GROUPS, Gene, grouped
from auth_service.beaks.shape import GENES as HOW_MANY


def test_there_is_a_name_for_each_gene() -> None:
    assert len({gene.name for gene in GENES}) == len(GENES) == HOW_MANY


def test_no_two_sliders_share_a_label() -> None:
    assert len({gene.label for gene in GENES}) == HOW_MANY
    assert "Beak shape" not in {gene.label for gene in GENES} | {group.label for group in GROUPS}


@pytest.mark.parametrize("gene", GENES, ids=lambda gene: gene.name)
def test_the_words_of_a_gene_run_from_the_first_to_the_last(gene: Gene) -> None:
    said = [gene.word(step) for step in range(32)]
    assert list(dict.fromkeys(said)) == list(gene.words)
    assert len(set(gene.words)) == len(gene.words)


def test_the_order_is_that_of_the_spelling() -> None:
    assert [gene.name for gene in GENES[:5]] == ["hue", "tip", "bands", "cere", "length"]
    assert GENES[8].word(31) == "like a scythe"


def test_groups_take_their_steps_in_order() -> None:
    steps = [step for _, genes in grouped(range(16)) for _, step in genes]
    assert steps == list(range(16))
