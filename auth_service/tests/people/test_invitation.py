"""Invitations to hatch: one per person, for seven days, used up once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from auth_service.house import House
from auth_service.people.invitation import Invitation, InvitationIsGone, invite, person_invited, use_up
from auth_service.people.person import NoSuchPerson
from auth_service.tests.conftest import Member, MovableClock
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import TrailEntry


def invited(house: House, ann: Member, by: Doer) -> str:
    with house.database.writing() as session:
        return invite(session, ann.id, by=by, at=house.clock()).secret


def whose(house: House, secret: str) -> str:
    with house.database.reading() as session:
        return person_invited(session, secret, at=house.clock()).id


def uses(house: House, secret: str) -> bool:
    try:
        with house.database.writing() as session:
            use_up(session, secret, at=house.clock())
    except InvitationIsGone:
        return False
    return True


def test_a_link_names_its_person_and_the_database_keeps_only_a_hash(house: House, ada: Member, ann: Member) -> None:
    with house.database.writing() as session:
        link = invite(session, ann.id, by=Doer(person_id=ada.id), at=house.clock())
    assert link.url(house.issuer) == f"{house.issuer}/hatching?invitation={link.secret}"
    assert link.secret not in repr(link)
    assert whose(house, link.secret) == ann.id
    with house.database.reading() as session:
        assert link.secret != session.get_one(Invitation, ann.id).secret_hash
        entry = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.INVITED)).one()
        assert (entry.by_person_id, entry.whom_id) == (ada.id, ann.id)


def test_a_link_lives_for_seven_days(house: House, ann: Member, clock: MovableClock) -> None:
    secret = invited(house, ann, Doer())
    clock.advance(days=6, hours=23)
    assert whose(house, secret) == ann.id
    clock.advance(hours=1)
    with pytest.raises(InvitationIsGone):
        whose(house, secret)
    assert not uses(house, secret)


def test_the_next_link_kills_the_one_before(house: House, ann: Member) -> None:
    first, second = invited(house, ann, Doer()), invited(house, ann, Doer())
    with pytest.raises(InvitationIsGone):
        whose(house, first)
    assert whose(house, second) == ann.id


def test_of_many_tabs_at_once_one_uses_it_up(house: House, ann: Member) -> None:
    secret = invited(house, ann, Doer())
    with ThreadPoolExecutor(8) as tabs:
        assert sum(tabs.map(lambda _: uses(house, secret), range(8))) == 1
    with pytest.raises(InvitationIsGone):
        whose(house, secret)


def test_two_admins_may_invite_the_same_person_at_once(house: House, ann: Member) -> None:
    with ThreadPoolExecutor(6) as admins:
        secrets = list(admins.map(lambda _: invited(house, ann, Doer()), range(6)))
    assert sum(uses(house, secret) for secret in secrets) == 1


def test_nobody_is_invited_who_is_not_there(house: House) -> None:
    with pytest.raises(NoSuchPerson), house.database.writing() as session:
        invite(session, "nobody", by=Doer(), at=house.clock())
    with pytest.raises(InvitationIsGone):
        whose(house, "")
