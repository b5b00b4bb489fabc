"""What the provider can do, for machines (OpenID Connect Discovery, RFC 8414). The bytes are made once."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from auth_service.keys.foreign_tokens import KINDS
from auth_service.keys.signing_key import Algorithm
from auth_service.languages.catalogue import NAMES
from auth_service.products.scopes import SUPPORTED
from auth_service.protocol.claims import CLAIMS_SUPPORTED
from auth_service.protocol.client_authentication import METHODS, METHODS_WITH_PROOF
from auth_service.protocol.id_token import HOW
from auth_service.protocol.prompts import PROMPTS
from auth_service.protocol.response_mode import RESPONSE_MODES
from auth_service.public_document import PublicDocument

router = APIRouter()

PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


async def configuration(request: Request) -> Response:
    state = request.app.state
    if not hasattr(state, "discovery"):
        body = orjson.dumps(metadata(state.house.issuer), option=orjson.OPT_INDENT_2)
        state.discovery = PublicDocument.of(body)
    document: PublicDocument = state.discovery
    return document.answer(request)


for path in PATHS:
    router.add_route(path, configuration, methods=["GET"])


def metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/sign-out",
        "introspection_endpoint": f"{issuer}/introspection",
        "revocation_endpoint": f"{issuer}/revocation",
        "scopes_supported": SUPPORTED,
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(Algorithm),
        "userinfo_signing_alg_values_supported": list(Algorithm),
        "token_endpoint_auth_methods_supported": METHODS,
        "token_endpoint_auth_signing_alg_values_supported": list(KINDS),
        "introspection_endpoint_auth_methods_supported": METHODS_WITH_PROOF,
        "introspection_endpoint_auth_signing_alg_values_supported": list(KINDS),
        "revocation_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": list(KINDS),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": list(PROMPTS),
        "acr_values_supported": [HOW["acr"]],
        "claim_types_supported": ["normal"],
        "claims_supported": CLAIMS_SUPPORTED,
        "claims_parameter_supported": True,
        "ui_locales_supported": list(NAMES),
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
