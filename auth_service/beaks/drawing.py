"""The beak being shaped on the sign-in page."""

from collections.abc import Sequence


def draw(genes: Sequence[int]) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>{len(genes)}</title></svg>'
