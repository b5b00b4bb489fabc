"""Bringing a backlog in: a CSV file, or the same pasted, becomes tasks; the report says what was refused and why."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from frontend.errors import Refused, Unreachable
from frontend.visitor import Here, Visitor

router = APIRouter()

LARGEST_BYTES = 10 * 1024 * 1024


@router.get("/imports")
def imports(here: Here) -> Response:
    return show_form(here)


@router.post("/imports", form_limits={"max_part_size": LARGEST_BYTES})
def import_tasks(
    here: Here,
    file: UploadFile | None = None,
    pasted: Annotated[str, Form()] = "",
    idempotency_key: Annotated[str, Form()] = "",
) -> Response:
    """The report is the answer itself: a reload sends the same key, and the backend gives the same report."""
    csv = file.file.read(LARGEST_BYTES + 1) if file and file.filename else pasted.encode()
    if not csv.strip():
        return show_form(here, pasted=pasted, refusal="Choose a file or paste its lines.", status=422)
    if len(csv) > LARGEST_BYTES:
        return show_form(here, refusal="The file is larger than 10 MB. Split it and try again.", status=413)
    try:
        report = here.backend.import_tasks(csv, idempotency_key=idempotency_key)
    except Refused as refusal:
        return show_form(here, pasted=pasted, refusal=refusal.detail, status=refusal.status)
    except Unreachable:
        sentence = "The task service does not answer, so nothing was imported. Try again in a moment."
        return show_form(here, pasted=pasted, refusal=sentence, status=503)
    return here.show("imports.html", {"report": report, "pasted": "", "refusal": ""})


def show_form(here: Visitor, *, pasted: str = "", refusal: str = "", status: int = 200) -> Response:
    return here.show("imports.html", {"report": None, "pasted": pasted, "refusal": refusal}, status=status)
