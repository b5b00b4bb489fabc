"""Hiring, changing, dismissing and moulting: what an admin may do, and what must never be possible."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from auth_service.beaks import BeakShape
from auth_service.house import House
from auth_service.people.egg import lay
from auth_service.people.hiring import change_person, hire
from auth_service.people.person import LastAdmin, Role
from auth_service.people.views import PersonChange
from auth_service.tests.conftest import Member
from auth_service.tests.people.administrator import Administrator, bearer_for
from auth_service.tests.product import BACKEND, Product
from auth_service.tests.visitor import Visitor

SCOPE = "openid offline_access people:read people:write"


@pytest.fixture
def admin(client: TestClient, visitor: Visitor, shop: Product, ada: Member) -> Administrator:
    headers = bearer_for(visitor, shop, ada, scope=SCOPE)
    client.cookies.clear()
    return Administrator(client, headers)


def test_a_newcomer_gets_a_beak_that_opens_their_account(client: TestClient, admin: Administrator) -> None:
    answer = admin.hires("Carl Conure", "carl@uberpopug.example")
    hired = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert (hired["name"], hired["role"], hired["active"], hired["version"]) == ("Carl Conure", "worker", True, 1)
    known = client.post("/login", json={"beak_shape": hired["beak_shape"].lower().replace("-", " ")})
    assert known.json() == {"id": hired["id"], "role": "worker", "beak_shape": hired["beak_shape"]}
    assert known.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("field", ["beak_shape", "plumage", "beak_seal", "id", "outline", "active"])
def test_a_newcomer_can_not_enrol_anothers_beak(
    admin: Administrator, client: TestClient, ann: Member, field: str
) -> None:
    """A defect of public implementations: whoever registers with a known beak takes the account over."""
    answer = admin.hires("Thief", "thief@uberpopug.example", **{field: ann.beak})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert client.post("/login", json={"beak_shape": ann.beak}).json()["id"] == ann.id


def test_a_beak_can_not_be_set_by_a_change(admin: Administrator, ann: Member, bob: Member) -> None:
    for field in ("beak_shape", "plumage", "version", "demo"):
        assert admin.changes(bob.id, **{field: ann.beak}).status_code == 422


def test_nobody_registers_themselves(client: TestClient) -> None:
    body = {"name": "Eve", "email": "eve@uberpopug.example", "role": "admin"}
    assert client.post("/people", json=body).status_code == 401


def test_only_admins_change_the_directory(
    client: TestClient, visitor: Visitor, shop: Product, boss: Member, ann: Member
) -> None:
    clerk = Administrator(client, bearer_for(visitor, shop, boss, scope=SCOPE))
    refused = [clerk.hires("Eve", "eve@uberpopug.example"), clerk.changes(boss.id, role="admin"), clerk.moults(ann.id)]
    assert [answer.status_code for answer in refused] == [403, 403, 403]


def test_the_backends_token_may_read_but_not_change(client: TestClient, ann: Member) -> None:
    token = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    service = Administrator(client, {"Authorization": f"Bearer {token}"})
    assert service.changes(ann.id, role="admin").status_code == 403


def test_a_moulted_beak_is_dead_and_so_is_all_it_opened(
    client: TestClient, visitor: Visitor, shop: Product, frontend: Product, admin: Administrator, ann: Member
) -> None:
    tokens = visitor.tokens_for(frontend, ann.beak)
    read_self = bearer_for(visitor, shop, ann)
    moulted = admin.moults(ann.id).json()
    assert client.post("/login", json={"beak_shape": ann.beak}).status_code == 401
    assert client.post("/login", json={"beak_shape": moulted["beak_shape"]}).json()["id"] == ann.id
    assert moulted["plumage"] == BeakShape.read(ann.beak).plumage
    assert moulted["version"] == 2
    assert moulted["picture"].endswith("?v=2")
    assert visitor.opens(shop, nonce="after").status_code == 200, "the browser has to sign in again"
    assert frontend.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert client.get(f"/people/{ann.id}", headers=read_self).status_code == 401


def test_a_dismissed_person_is_out_at_once_and_can_be_restored(
    client: TestClient, visitor: Visitor, frontend: Product, admin: Administrator, ann: Member
) -> None:
    tokens = visitor.tokens_for(frontend, ann.beak)
    dismissed = admin.changes(ann.id, active=False).json()
    assert (dismissed["active"], dismissed["version"]) == (False, 2)
    assert client.post("/login", json={"beak_shape": ann.beak}).status_code == 401
    assert frontend.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert visitor.opens(frontend, nonce="after").status_code == 200
    assert admin.changes(ann.id, active=True).json()["version"] == 3
    assert client.post("/login", json={"beak_shape": ann.beak}).status_code == 200


def test_a_new_role_ends_sessions_and_old_tokens(
    client: TestClient, visitor: Visitor, shop: Product, admin: Administrator, ann: Member
) -> None:
    read_self = bearer_for(visitor, shop, ann)
    assert admin.changes(ann.id, role="manager").json()["version"] == 2
    assert client.get(f"/people/{ann.id}", headers=read_self).status_code == 401
    assert visitor.opens(shop, nonce="after").status_code == 200


def test_a_new_name_leaves_sessions_alone(
    client: TestClient, visitor: Visitor, shop: Product, admin: Administrator, ann: Member
) -> None:
    read_self = bearer_for(visitor, shop, ann)
    assert admin.changes(ann.id, name="Ann Parakeet", role="worker").json()["version"] == 1
    assert client.get(f"/people/{ann.id}", headers=read_self).json()["name"] == "Ann Parakeet"


def test_who_is_no_admin_any_more_can_not_use_an_old_token(
    client: TestClient, visitor: Visitor, shop: Product, admin: Administrator, ada: Member
) -> None:
    second = admin.hires("Zed", "zed@uberpopug.example", "admin").json()
    zed = Administrator(
        client, bearer_for(visitor, shop, Member(second["id"], "", "", ada.role, second["beak_shape"]), scope=SCOPE)
    )
    assert admin.changes(second["id"], role="worker").status_code == 200
    assert zed.hires("Eve", "eve@uberpopug.example").status_code == 401


@pytest.mark.parametrize("wanted", [{"role": "worker"}, {"active": False}, {"role": "manager", "active": False}])
def test_the_last_admin_stays(admin: Administrator, ada: Member, wanted: dict[str, object]) -> None:
    answer = admin.changes(ada.id, **wanted)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/last-admin"
    assert admin.changes(ada.id, name="Ada the Great").status_code == 200


def test_two_admins_who_dismiss_each_other_at_once_leave_one(house: House, ada: Member) -> None:
    with house.database.writing() as session:
        zed, _ = hire(
            session,
            name="Zed",
            email="zed@uberpopug.example",
            role=Role.ADMIN,
            at=house.clock(),
            rng=house.rng,
            egg=lay(house.rng, house.proof),
        )

    def dismiss(person_id: str) -> bool:
        try:
            with house.database.writing() as session:
                change_person(session, person_id, PersonChange(active=False), at=house.clock())
        except LastAdmin:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(dismiss, [ada.id, zed.id])) == [False, True]


def test_an_admin_may_go_when_there_is_another(admin: Administrator, ada: Member) -> None:
    admin.hires("Zed", "zed@uberpopug.example", "admin")
    assert admin.changes(ada.id, role="worker").status_code == 200


def test_an_email_belongs_to_one_person_whatever_its_case(admin: Administrator, ann: Member, bob: Member) -> None:
    for answer in (admin.hires("Ann Two", "ANN@uberpopug.example"), admin.changes(bob.id, email=ann.email.upper())):
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/email-taken"
    assert admin.changes(ann.id, email=ann.email.upper()).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "x" * 101),
        ("name", "two\nlines"),
        ("name", "bell\a"),
        ("email", "nobody"),
        ("email", "a@b\r\nBcc: everyone@uberpopug.example"),
        ("email", "a b@c"),
        ("email", "<a@b>"),
        ("role", "king"),
        ("role", ""),
    ],
)
def test_bad_input_is_named_by_field(admin: Administrator, field: str, value: str) -> None:
    good = {"name": "Carl", "email": "carl@uberpopug.example", "role": "worker"}
    answer = admin.client.post("/people", json=good | {field: value}, headers=admin.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_name_may_hold_any_script_and_markup_is_only_text(admin: Administrator) -> None:
    for number, name in enumerate(("Гоша Попугаев", "<script>alert(1)</script>", "O'Hara 🦜")):
        assert admin.hires(name, f"n{number}@uberpopug.example").json()["name"] == name


@pytest.mark.parametrize(
    "beak", ["", "x", "BEAK-0000-0000-0000-0000A", "BEAK-F5DH-S01N-PK5K-VB4N9", "9" * 5000, "💥", "BEAK"]
)
def test_every_wrong_beak_gets_the_same_answer(client: TestClient, beak: str) -> None:
    answer = client.post("/login", json={"beak_shape": beak})
    problem = answer.json()
    assert answer.status_code == 401
    assert problem["type"] == "/problems/beak-not-recognised"
    assert problem["detail"] == "This beak shape was not recognised. Check it and try again."
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_beak_of_two_people_opens_neither(client: TestClient, ann: Member, bob: Member) -> None:
    mixed = BeakShape.of(plumage=BeakShape.read(ann.beak).plumage, outline=BeakShape.read(bob.beak).outline)
    assert client.post("/login", json={"beak_shape": str(mixed)}).status_code == 401


def test_every_refusal_costs_the_same_one_hash(
    client: TestClient, house: House, ann: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Malformed, unknown, wrong and dismissed: who measures the time learns nothing."""
    costs: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, seal: str, secret: bytes) -> bool:
        costs.append(seal.rsplit("$", 2)[0])
        return verify(hasher, seal, secret)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    with house.database.writing() as session:
        change_person(session, bob.id, PersonChange(active=False), at=house.clock())
    nobodys = BeakShape.of(plumage="7777", outline="777777777777")
    wrong = BeakShape.of(plumage=BeakShape.read(ann.beak).plumage, outline="777777777777")
    for beak in ("malformed", str(nobodys), str(wrong), bob.beak):
        assert client.post("/login", json={"beak_shape": beak}).status_code == 401
    assert len(costs) == 4
    assert len(set(costs)) == 1
