"""A person's tokens, kept fresh: renewed shortly before they expire, by one request at a time for each session.

The right to renew is a lease in the session's row, so any number of threads and processes agree on who asks. While the
provider is away the old token goes on being used: the backend decides for how long it still believes it (security.md).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, or_, update

from frontend.clock import Clock
from frontend.database import reading
from frontend.errors import Refused, SignInNeeded, Unreachable
from frontend.provider import PEOPLE_SCOPE, GrantIsOver, Provider, Renewal, ScopeRefused
from frontend.sessions import BrowserSession, end_session, find_session, refresh_token_of, sessions
from frontend.vault import Vault

MARGIN = timedelta(seconds=30)
LEASE = timedelta(seconds=5)
REST_AFTER_FAILURE = timedelta(seconds=5)
PATIENCE_SECONDS = 2.0
GLANCE_SECONDS = 0.03
JUST_OPENED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    engine: Engine
    vault: Vault
    provider: Provider
    clock: Clock

    def access_token(self, session: BrowserSession) -> str:
        """For the backend. Raises SignInNeeded."""
        return self._keep(session, is_fresh=self._has_fresh_access, renew=self._renew_access).access_token

    def access_token_after(self, refused: str, session: BrowserSession) -> str:
        """Another than the one that the backend refused; that one while nobody can fetch any. Raises SignInNeeded."""
        return self._keep(
            session, is_fresh=lambda now: now.access_token != refused, renew=self._renew_access
        ).access_token

    def people_token(self, session: BrowserSession) -> str:
        """For auth_service's administration. Raises SignInNeeded, Refused 403, Unreachable."""
        kept = self._keep(session, is_fresh=self._has_fresh_people, renew=self._renew_people)
        if kept.people_token is None:
            raise Unreachable("auth_service")
        return kept.people_token

    def _has_fresh_access(self, session: BrowserSession) -> bool:
        return session.access_expires_at - self.clock() > MARGIN

    def _has_fresh_people(self, session: BrowserSession) -> bool:
        expires_at = session.people_expires_at
        return session.people_token is not None and expires_at is not None and expires_at - self.clock() > MARGIN

    def _keep(
        self,
        session: BrowserSession,
        *,
        is_fresh: Callable[[BrowserSession], bool],
        renew: Callable[[BrowserSession], BrowserSession],
    ) -> BrowserSession:
        """The session with a fresh token, whoever fetched it; the one we have while nobody can fetch any."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_fresh(session):
            if session.is_resting(self.clock()) or time.monotonic() > until:
                return session
            if self._claim(session):
                return renew(session)
            time.sleep(GLANCE_SECONDS)
            session = self._look_again(session)
        return session

    def _claim(self, session: BrowserSession) -> bool:
        now = self.clock()
        free = or_(sessions.c.refreshing_until.is_(None), sessions.c.refreshing_until <= now)
        mine = update(sessions).where(sessions.c.id_hash == session.id_hash, sessions.c.turn == session.turn, free)
        with self.engine.begin() as connection:
            return connection.execute(mine.values(refreshing_until=now + LEASE)).rowcount == 1

    def _renew_access(self, session: BrowserSession) -> BrowserSession:
        return self._renew(session, scope=None)

    def _renew_people(self, session: BrowserSession) -> BrowserSession:
        return self._renew(session, scope=PEOPLE_SCOPE)

    def _renew(self, session: BrowserSession, *, scope: str | None) -> BrowserSession:
        try:
            renewal = self.provider.renew(self._refresh_token(session), scope=scope)
        except GrantIsOver:
            with self.engine.begin() as connection:
                end_session(connection, self.vault, session.id_hash)
            raise SignInNeeded from None
        except ScopeRefused:
            self._write(session, {"refreshing_until": None})
            if self._may_have_grown(session):
                raise SignInNeeded from None
            raise Refused(403, "Not for your role", "Only admins may administer.", "/problems/forbidden") from None
        except Unreachable:
            self._write(session, {"refreshing_until": None, "resting_until": self.clock() + REST_AFTER_FAILURE})
            return self._look_again(session)
        self._write(session, self._renewed(session, renewal, kind="access" if scope is None else "people"))
        return self._look_again(session)

    def _may_have_grown(self, session: BrowserSession) -> bool:
        """An admin's grant of long ago may lack a scope that was added since; a new sign-in asks for it, once."""
        return session.person.role == "admin" and self.clock() - session.opened_at > JUST_OPENED

    def _refresh_token(self, session: BrowserSession) -> str:
        with reading(self.engine).connect() as connection:
            found = refresh_token_of(connection, self.vault, session)
        if found is None:
            raise SignInNeeded
        return found

    def _renewed(self, session: BrowserSession, renewal: Renewal, *, kind: str) -> dict[str, object]:
        place = session.id_hash
        values: dict[str, object] = {
            f"{kind}_token": self.vault.seal(renewal.access_token, place=place),
            f"{kind}_expires_at": renewal.expires_at,
            "turn": session.turn + 1,
            "refreshing_until": None,
        }
        if renewal.refresh_token:
            values["refresh_token"] = self.vault.seal(renewal.refresh_token, place=place)
        return values

    def _write(self, session: BrowserSession, values: dict[str, object]) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(sessions).where(sessions.c.id_hash == session.id_hash).values(values))

    def _look_again(self, session: BrowserSession) -> BrowserSession:
        with reading(self.engine).connect() as connection:
            found = find_session(connection, self.vault, session.id_hash, at=self.clock())
        if found is None:
            raise SignInNeeded
        return found
