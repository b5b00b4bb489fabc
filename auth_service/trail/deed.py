"""What can be done that is worth remembering."""

from enum import StrEnum


class Deed(StrEnum):
    # to people
    HIRED = "hired"
    INVITED = "invited"
    HATCHED = "hatched"
    RENAMED = "renamed"
    ADDRESS_CHANGED = "address_changed"
    ROLE_CHANGED = "role_changed"
    LANGUAGE_CHANGED = "language_changed"
    DISMISSED = "dismissed"
    RESTORED = "restored"
    MOULTED = "moulted"
    # by people at the door
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_REFUSED = "sign_in_refused"
    TURNED_AWAY = "turned_away"
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SESSION_ENDED = "session_ended"
    # to products
    PRODUCT_ADDED = "product_added"
    PRODUCT_EDITED = "product_edited"
    PRODUCT_SECRET_MADE = "product_secret_made"  # noqa: S105 (a deed)
    PRODUCT_DISABLED = "product_disabled"
    PRODUCT_ENABLED = "product_enabled"
    # to the house
    LOGOUT_DELIVERY_RETRIED = "logout_delivery_retried"
    KEYS_ROTATED = "keys_rotated"
    KEY_WITHDRAWN = "key_withdrawn"
