"""Documents for machines that everyone may read and keep: their bytes are made once and have an ETag."""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

FIVE_MINUTES = "public, max-age=300"


@dataclass(frozen=True)
class PublicDocument:
    """JSON, ready to be sent."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> "PublicDocument":
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')

    def answer(self, request: Request) -> Response:
        """304 to whoever has it already (RFC 9110 section 13.1.2)."""
        headers = {"Cache-Control": FIVE_MINUTES, "Access-Control-Allow-Origin": "*", "ETag": self.etag}
        if self.is_known(request.headers.get("If-None-Match", "")):
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type="application/json", headers=headers)

    def is_known(self, tags: str) -> bool:
        return tags == "*" or self.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
