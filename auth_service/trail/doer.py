"""Who does something, and from where."""

from dataclasses import dataclass

from fastapi import Request

LONGEST_DEVICE_CHARACTERS = 300


@dataclass(frozen=True)
class Doer:
    """A person or a product; neither when nobody has proved who they are, or when the house acts by itself."""

    person_id: str | None = None
    client_id: str | None = None
    address: str | None = None
    device: str | None = None  # what the browser or program says of itself

    @classmethod
    def of(cls, request: Request, *, person_id: str | None = None, client_id: str | None = None) -> "Doer":
        device = request.headers.get("User-Agent", "")[:LONGEST_DEVICE_CHARACTERS]
        address = request.client.host[:64] if request.client else None
        return cls(person_id=person_id, client_id=client_id, address=address, device=device or None)


AT_THE_CONSOLE = Doer(device="command line")
THE_HOUSE = Doer()
