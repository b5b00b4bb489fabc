"""Every table of this service, imported, so that `Base.metadata` knows them all."""

from auth_service.database import Base
from auth_service.keys.signing_key import SigningKey
from auth_service.people.change import DirectoryChange
from auth_service.people.invitation import Invitation
from auth_service.people.person import Person
from auth_service.products.product import Product
from auth_service.protocol.authorization_code import AuthorizationCode
from auth_service.protocol.client_assertion import UsedAssertion
from auth_service.protocol.consent import Consent
from auth_service.protocol.refresh_token import RefreshToken
from auth_service.sessions.admission import Admission, RevokedToken
from auth_service.sessions.browser_session import BrowserSession
from auth_service.sessions.delivery import LogoutDelivery
from auth_service.throttle.failed_tries import FailedTries
from auth_service.trail.entry import TrailEntry

TABLES = (
    Admission,
    AuthorizationCode,
    BrowserSession,
    Consent,
    DirectoryChange,
    FailedTries,
    Invitation,
    LogoutDelivery,
    Person,
    Product,
    RefreshToken,
    RevokedToken,
    SigningKey,
    TrailEntry,
    UsedAssertion,
)
METADATA = Base.metadata
