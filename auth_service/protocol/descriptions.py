"""What a developer reads beside an error code (`error_description`), where the check that failed does not say it."""

from authlib.oauth2 import OAuth2Error

DESCRIPTIONS = {
    "login_required": "Nobody is signed in here as this request asks, and with prompt=none nobody may be asked.",
    "consent_required": "The person has not allowed this yet, and with prompt=none nobody may be asked.",
    "access_denied": "The person said no, or may not enter this product.",
    "invalid_client": "This is no registered client, not its secret or key, or not a way this kind of client may use.",
    "invalid_grant": "The code or refresh token is unknown, used, expired, revoked, or not for this client.",
    "invalid_scope": "The scope is not one that may be had here, or more than was granted.",
    "unauthorized_client": "This client is not registered for this grant type.",
    "unsupported_grant_type": "Supported are authorization_code, refresh_token and client_credentials.",
    "unsupported_response_type": "Only the response_type code is supported.",
}


def described(error: OAuth2Error) -> OAuth2Error:
    error.description = error.description or DESCRIPTIONS.get(error.error or "", "")
    return error
