"""What has to be true before the doors open: keys, the house's own products, and the demo cast where it is wanted."""

from sqlalchemy.exc import SQLAlchemyError

from auth_service.demo import refuse_demo_in_production, set_the_stage
from auth_service.errors import CannotStart
from auth_service.house import House
from auth_service.keys.rotation import make_missing_keys
from auth_service.people.change import hold_changes
from auth_service.products.own import register_own_products


def open_house(house: House) -> None:
    """Safe to repeat and to run in several processes at once. Raises CannotStart."""
    try:
        make_missing_keys(house.database, sealing=house.keys.sealing, at=house.clock())
        with house.database.writing() as session:
            hold_changes(session)
            refuse_demo_in_production(session, house)
            register_own_products(session, house.settings, at=house.clock())
            if house.settings.demo:
                set_the_stage(session, house)
    except SQLAlchemyError as error:
        raise CannotStart(f"The database is not ready: {error}\nRun `auth-service migrate` first.") from error
