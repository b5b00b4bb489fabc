"""The sixteen genes in words, so that a beak can be shaped without seeing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from auth_service.beaks.crockford import STEPS


@dataclass(frozen=True, slots=True)
class Gene:
    """Its words share the 32 steps evenly, from the least to the most."""

    name: str
    label: str
    words: tuple[str, ...]

    def word(self, step: int) -> str:
        return self.words[step * len(self.words) // STEPS]


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    genes: tuple[Gene, ...]


HUES = (
    *("red", "orange", "amber", "yellow", "lime", "green", "emerald", "teal"),
    *("cyan", "azure", "blue", "indigo", "violet", "purple", "magenta", "pink"),
)
PLACES = ("far back", "back", "in the middle", "forward", "far forward")
CURVES = ("nearly straight", "slightly curved", "curved", "strongly curved", "round")
SIZES = ("tiny", "small", "middling", "big", "huge")

GROUPS = (
    Group(
        "Plumage",
        (
            Gene("hue", "Feathers", HUES),
            Gene("tip", "Feather tips", HUES),
            Gene(
                "bands", "Bands", ("hooded", "cheeked", "collared", "capped", "striped", "masked", "spotted", "bibbed")
            ),
            Gene("cere", "Cere", ("blue", "rose", "brown", "grey", "yellow", "green", "violet", "white")),
        ),
    ),
    Group(
        "Size and curve",
        (
            Gene("length", "Length", ("stubby", "short", "medium long", "long", "very long")),
            Gene("depth", "Depth", ("slender", "slim", "medium deep", "thick", "massive")),
            Gene("upper_curve", "Curve above", CURVES),
            Gene("lower_curve", "Curve below", CURVES),
        ),
    ),
    Group(
        "Hook and notch",
        (
            Gene("hook", "Hook", ("barely hooked", "slightly hooked", "hooked", "strongly hooked", "like a scythe")),
            Gene("hook_angle", "Hook points", ("forward", "slightly forward", "down", "slightly inward", "inward")),
            Gene("notch_place", "Notch lies", PLACES),
            Gene("notch", "Notch", ("none", "a hint", "shallow", "clear", "deep")),
        ),
    ),
    Group(
        "Mouth and nostril",
        (
            Gene("gape", "Mouth", ("shut", "nearly shut", "ajar", "open", "wide open")),
            Gene("lower_size", "Lower half", SIZES),
            Gene("nostril_place", "Nostril lies", PLACES),
            Gene("nostril", "Nostril", SIZES),
        ),
    ),
)

GENES = tuple(gene for group in GROUPS for gene in group.genes)


def grouped(steps: Sequence[int]) -> list[tuple[str, list[tuple[Gene, int]]]]:
    """Each group's label, and its genes with their steps out of sixteen."""
    left = iter(steps)
    return [(group.label, [(gene, next(left)) for gene in group.genes]) for group in GROUPS]
