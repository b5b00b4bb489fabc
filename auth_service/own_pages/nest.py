"""The nest: three beaks are offered, one is kept, shown once, and practised. The same for hatching and for moulting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response

from auth_service.beaks import BeakShape, hatch
from auth_service.house import House
from auth_service.own_pages.offer import OfferIsOver, sealed, unsealed
from auth_service.pages import show
from auth_service.people.login import read_shape
from auth_service.people.person import Person

OFFERED = 3


@dataclass(frozen=True)
class Nest:
    """`purpose` binds what is offered here; `carried` travels through the forms, which lead to `action`."""

    request: Request
    house: House
    person: Person
    action: str
    purpose: str = field(repr=False)
    carried: Mapping[str, str] = field(default_factory=dict, repr=False)

    def offer(self) -> Response:
        beaks = [hatch(self.person.plumage, self.house.rng) for _ in range(OFFERED)]
        return self.page("eggs.html", beaks, eggs=[beak.genes for beak in beaks])

    def answer(self, form: Mapping[str, str]) -> "Response | BeakShape":
        """The next page, or the beak that was practised. Raises OfferIsOver."""
        key, now = self.house.keys.hatching, self.house.clock()
        beaks = unsealed(form.get("offer", ""), purpose=self.purpose, key=key, at=now)
        match form.get("step"):
            case "keep":
                return self.show_kept(chosen(beaks, form.get("egg", "")))
            case "look":
                return self.show_kept(only(beaks))
            case "practise":
                return self.ask_to_practise(only(beaks))
        kept = only(beaks)
        return kept if read_shape(form.get("beak_shape", "")) == kept else self.ask_to_practise(kept, failed=True)

    def show_kept(self, beak: BeakShape) -> Response:
        return self.page("kept.html", [beak], beak=str(beak), genes=beak.genes)

    def ask_to_practise(self, beak: BeakShape, *, failed: bool = False) -> Response:
        return self.page("practice.html", [beak], failed=failed, status=422 if failed else 200)

    def page(self, template: str, beaks: list[BeakShape], *, status: int = 200, **more: Any) -> Response:
        offer = sealed(beaks, purpose=self.purpose, key=self.house.keys.hatching, at=self.house.clock())
        context = {
            "action": self.action,
            "hidden": {**self.carried, "offer": offer},
            "name": self.person.name,
            "plumage": self.person.plumage,
            "moulting": self.action == "/moulting",
        }
        return show(self.request, template, context | more, status=status)


def chosen(beaks: list[BeakShape], egg: str) -> BeakShape:
    if egg not in [str(place) for place in range(len(beaks))]:
        raise OfferIsOver
    return beaks[int(egg)]


def only(beaks: list[BeakShape]) -> BeakShape:
    """The one that was kept. Raises OfferIsOver where none was yet."""
    if len(beaks) != 1:
        raise OfferIsOver
    return beaks[0]
