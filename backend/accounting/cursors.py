"""Where a page of a list ended, as text for its address: what was last seen, in the order of the list."""

from backend.errors import InvalidInput

LARGEST = 2**63  # a column of 64 bits holds less


def number_in(text: str) -> int:
    """Raises ValueError for what no column holds."""
    if abs(number := int(text)) >= LARGEST:
        raise ValueError(text)
    return number


def not_ours() -> InvalidInput:
    """Somebody edited the address."""
    return InvalidInput("This is not where a page of ours ended.", field="after")
