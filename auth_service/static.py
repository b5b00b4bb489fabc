"""/static: styles, scripts and fonts of the pages, kept long by browsers; a changed file has another `?v=`."""

from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles as Files
from starlette.types import Scope


class StaticFiles(Files):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope.get("query_string", b"") or path.startswith("vendor/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "public, max-age=60"
        return response
