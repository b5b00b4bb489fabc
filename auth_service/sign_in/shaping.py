"""Shaping a beak by hand: sixteen sliders on the sign-in page instead of sixteen letters."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth_service.beaks import BeakShape, crockford
from auth_service.beaks.genes import GENES
from auth_service.pages import show_block

router = APIRouter()

Form = Mapping[str, object]

STARTING_GENES = (0, 12, 20, 18, 14, 18, 22, 16, 18, 20, 16, 12, 8, 14, 12, 12)  # a red one to begin with


def wants_redraw(form: Form) -> bool:
    """Redraw was pressed, which a page without JavaScript needs: show the sign-in page again, with the same genes."""
    return "redraw" in form


def genes_in(form: Form) -> tuple[int, ...]:
    """The sixteen genes as the sliders stand; a slider that is missing or says nonsense stands where it began."""
    return tuple(
        step_in(form.get(f"gene-{gene.name}"), start) for gene, start in zip(GENES, STARTING_GENES, strict=True)
    )


def beak_in(form: Form) -> str:
    """What was sent to sign in with: the text of the field, or the sliders spelled as such a text."""
    typed = form.get("beak_shape")
    if typed is None and f"gene-{GENES[0].name}" in form:
        return str(BeakShape.from_genes(genes_in(form)))
    return typed if isinstance(typed, str) else ""


def step_in(value: object, start: int) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 2):
        return start
    return min(int(value), crockford.STEPS - 1)


async def sliders(request: Request) -> tuple[int, ...]:
    async with request.form(max_fields=100) as form:
        return genes_in(form)


@router.post("/beak-picture", response_class=Response, include_in_schema=False)
def beak_picture(request: Request, genes: Annotated[tuple[int, ...], Depends(sliders)]) -> Response:
    """The drawing alone. It keeps nothing and logs nothing: the sliders may stand on somebody's secret."""
    return show_block(request, "sign_in.html", "picture", {"genes": genes})
