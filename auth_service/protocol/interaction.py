"""Whether a person has to be asked something before a code may be issued (OpenID Connect Core section 3.1.2.3)."""

from datetime import timedelta

from auth_service.protocol.authorization_request import Asked
from auth_service.protocol.consent import has_consented
from auth_service.sessions.browser_session import BrowserSession


def must_sign_in(asked: Asked, browser: BrowserSession) -> bool:
    return bool(
        "login" in asked.prompts or signed_in_too_long_ago(asked, browser) or is_someone_else(asked, browser.person_id)
    )


def must_choose(asked: Asked) -> bool:
    return "select_account" in asked.prompts


def signed_in_too_long_ago(asked: Asked, browser: BrowserSession) -> bool:
    if asked.max_age_seconds is None:
        return False
    return asked.house.clock() - browser.signed_in_at > timedelta(seconds=asked.max_age_seconds)


def is_someone_else(asked: Asked, person_id: str) -> bool:
    """Than the person whom the product's id_token_hint names."""
    return asked.hinted_person_id not in (None, person_id)


def must_consent(asked: Asked, browser: BrowserSession, scope: str) -> bool:
    if "consent" in asked.prompts:
        return True
    return not asked.product.trusted and not has_consented(
        asked.session, person_id=browser.person_id, client_id=asked.product.client_id, scope=scope
    )
