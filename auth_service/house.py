"""The house: what every room is handed at the door. Built once per process, put on `app.state.house`."""

import secrets
from dataclasses import dataclass
from random import Random
from typing import Annotated

from fastapi import Depends, Request

from auth_service.clock import Clock, system_clock
from auth_service.database import Database
from auth_service.keys.derivation import DerivedKeys
from auth_service.keys.keyring import Keyring
from auth_service.keys.product_keys import ProductKeys, over_http
from auth_service.proof import Proof
from auth_service.settings import Settings


@dataclass(frozen=True)
class House:
    settings: Settings
    clock: Clock
    rng: Random
    database: Database
    keys: DerivedKeys
    keyring: Keyring
    product_keys: ProductKeys
    proof: Proof

    @property
    def issuer(self) -> str:
        return self.settings.issuer


def furnish(settings: Settings, *, clock: Clock = system_clock, rng: Random | None = None) -> House:
    database = Database(settings.database_url)
    keys = DerivedKeys.of(settings.secret)
    return House(
        settings=settings,
        clock=clock,
        rng=rng or secrets.SystemRandom(),
        database=database,
        keys=keys,
        keyring=Keyring(database, keys.sealing, clock),
        product_keys=ProductKeys(over_http(settings.callback_networks)),
        proof=Proof(keys.pepper, memory_kib=settings.beak_hash_memory_kib),
    )


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


async def enter(request: Request) -> House:  # async: no thread hop for reading an attribute
    return house_of(request)


TheHouse = Annotated[House, Depends(enter)]
