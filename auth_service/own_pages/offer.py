"""Beaks on offer. Nothing of them is stored: they travel through the forms, sealed with a key of ours.

An offer is good for half an hour and for one purpose: this invitation, or this session of a person of this version.
"""

import json
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

from auth_service.beaks import BeakShape
from auth_service.clock import seconds
from auth_service.errors import Refused
from auth_service.languages.sentence import Sentence

LIFE = timedelta(minutes=30)


class OfferIsOver(Refused):
    status = 410
    title = "These beaks are not on offer any more"

    def __init__(self) -> None:
        super().__init__(Sentence("Nothing has changed yet. Begin again, and three new ones are hatched for you."))


def sealed(beaks: list[BeakShape], *, purpose: str, key: Fernet, at: datetime) -> str:
    content = json.dumps({"purpose": purpose, "beaks": [str(beak) for beak in beaks]})
    return key.encrypt_at_time(content.encode(), seconds(at)).decode()


def unsealed(offer: str, *, purpose: str, key: Fernet, at: datetime) -> list[BeakShape]:
    """Raises OfferIsOver for one that is too old, forged, or made for something else."""
    try:
        content = key.decrypt_at_time(offer, ttl=int(LIFE.total_seconds()), current_time=seconds(at))
    except InvalidToken:
        raise OfferIsOver from None
    told = json.loads(content)
    if told["purpose"] != purpose:
        raise OfferIsOver
    return [BeakShape.read(beak) for beak in told["beaks"]]
