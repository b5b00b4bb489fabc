"""The REST interface against its own OpenAPI document: what it says is what is answered, whatever is sent."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from auth_service.house import House
from auth_service.products.registration import ClientMetadata, register
from auth_service.tests.conftest import Member
from auth_service.tests.people.administrator import bearer_for
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor

pytestmark = pytest.mark.thorough

METADATA = ClientMetadata(
    client_id="office",
    redirect_uris=["https://office.example/cb"],
    scope="openid people:read people:write administration",
)
PATIENT = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
# Cursors, URIs and e-mail addresses have rules that a schema can not tell; parameters that nobody knows are ignored.
NOT_ASKED: list[Any] = [positive_data_acceptance, negative_data_rejection]


@pytest.fixture
def headers(house: House, client: TestClient, visitor: Visitor, ada: Member) -> dict[str, str]:
    """Of an admin who may do everything."""
    with house.database.writing() as session:
        _, secret = register(session, METADATA, trusted=True, at=house.clock())
    office = Product(client, "office", secret, METADATA.redirect_uris[0], scope=METADATA.scope)
    return bearer_for(visitor, office, ada)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_keeps_to_the_document(app: FastAPI, headers: dict[str, str], mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    broken = {}
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        try:
            walk(operation.as_strategy(generation_mode=mode), headers)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "some operations can not be asked wrongly"
        except BaseExceptionGroup as failures:
            broken[operation.label] = [str(failure) for failure in failures.exceptions]
    assert broken == {}


def walk(cases: Any, headers: dict[str, str]) -> None:
    @PATIENT
    @given(case=cases)
    def each(case: Case[Any]) -> None:
        if case.operation.path == "/people/changes" and is_long(case.query.get("wait", 25)):
            case.query["wait"] = 0
        case.call_and_validate(headers=headers, excluded_checks=NOT_ASKED)

    each()


def is_long(wait: object) -> bool:
    """Whether the operation would wait for news."""
    return isinstance(wait, int | float) and 0 < wait <= 30
