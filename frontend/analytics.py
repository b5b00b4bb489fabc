"""For admins: what management earned, who is in the red, and the most expensive task of a day, a week, a month."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from frontend.backend_views import Analytics, EarnedOnDay
from frontend.errors import Refused
from frontend.notation import day_name, dollars
from frontend.visitor import Here, Visitor

router = APIRouter()

PERIODS = ("day", "week", "month")


@router.get("/analytics")
def analytics(
    here: Here,
    period: str = "day",
    day: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
) -> Response:
    """A period around a day, or any range of days."""
    if not (first and last):
        return show(here, here.backend.analytics({"period": period if period in PERIODS else "day", "day": day}))
    try:
        return show(here, here.backend.analytics({"from": first, "to": last}))
    except Refused as refusal:
        if not refusal.is_a_sentence:
            raise
        return show(here, here.backend.analytics({}), first=first, last=last, refusal=refusal.detail, status=422)


def show(
    here: Visitor, told: Analytics, *, first: str = "", last: str = "", refusal: str = "", status: int = 200
) -> Response:
    """`first` and `last`: what was typed, where it was refused."""
    context = {
        **told,
        "bars": [bar(each, told["today"], first=index == 0) for index, each in enumerate(told["earned_by_day"])],
        "periods": PERIODS,
        "first": first or told["period"]["from"],
        "last": min(last or told["period"]["to"], told["today"]),
        "refusal": refusal,
    }
    return here.show("analytics.html", context, status=status)


def bar(each: EarnedOnDay, today: str, *, first: bool) -> dict[str, Any]:
    """One bar of the chart: the day of the month, with the month's name where it begins."""
    that, cents = date.fromisoformat(each["day"]), each["earned_cents"]
    return {
        "cents": cents,
        "label": str(that.day),
        "group": f"{that:%b}" if first or that.day == 1 else "",
        "amount": dollars(cents),
        "text": f"{day_name(each['day'], today)}: {dollars(cents)}",
        "current": each["day"] == today,
    }
