"""People and products as lists mention them: an id, and the name they bear today."""

from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.orm import Session


class PersonNamed(BaseModel):
    id: str
    name: str


class ProductNamed(BaseModel):
    client_id: str
    client_name: str


def names(session: Session, query: Select[str, str]) -> dict[str, str]:
    """`query` selects ids and names."""
    return {row[0]: row[1] for row in session.execute(query)}
