"""What the REST interface says of a person. Built while the session is open; the secret of a beak appears only here."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from auth_service.beaks import BeakShape
from auth_service.people.invitation import Link
from auth_service.people.person import Person, Role


def one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable text")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(one_line)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+$")
]


Locale = Annotated[
    str,
    StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"),
    Field(description="The language they read, as a BCP 47 tag; letters are written in it where we can."),
]


class PersonView(BaseModel):
    id: str
    name: str
    email: str
    role: Role
    active: bool
    version: int
    plumage: str
    picture: str
    locale: str | None
    created_at: datetime

    @classmethod
    def of(cls, person: Person, issuer: str) -> "PersonView":
        return cls(**fields_of(person, issuer))


class HatchedPersonView(PersonView):
    """With the beak in clear: the answer to hatching and moulting, and the only time it is seen."""

    beak_shape: str = Field(repr=False)

    @classmethod
    def with_beak(cls, person: Person, issuer: str, beak: BeakShape) -> "HatchedPersonView":
        return cls(**fields_of(person, issuer), beak_shape=str(beak))


def fields_of(person: Person, issuer: str) -> dict[str, object]:
    columns = ("id", "name", "email", "role", "active", "version", "plumage", "locale", "created_at")
    return {column: getattr(person, column) for column in columns} | {"picture": person.picture(issuer)}


class NewPerson(BaseModel):
    """Nobody names a beak here: it is hatched by the server, so nobody can enrol another's."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Email
    role: Role
    invite: bool = Field(default=False, description="No beak is told; they hatch their own by a link that works once.")


class InvitedView(BaseModel):
    """The link is told this once."""

    hatching_url: str = Field(repr=False)
    hatching_expires_at: datetime

    @classmethod
    def of_link(cls, link: Link, issuer: str) -> "InvitedView":
        return cls(hatching_url=link.url(issuer), hatching_expires_at=link.expires_at)


class InvitedPersonView(PersonView, InvitedView):
    @classmethod
    def with_link(cls, person: Person, issuer: str, link: Link) -> "InvitedPersonView":
        told = InvitedView.of_link(link, issuer)
        return cls(**fields_of(person, issuer), **told.model_dump())


class PersonChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    email: Email | None = None
    role: Role | None = None
    active: bool | None = None
    locale: Locale | None = None


class PeoplePage(BaseModel):
    items: list[PersonView]
    next: str | None


class PeopleDrawn(BaseModel):
    items: list[PersonView]


class PeopleChanged(BaseModel):
    items: list[PersonView]
    next: int
    jwks: dict[str, list[dict[str, Any]]]
