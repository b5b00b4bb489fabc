"""Browsers in two words."""

import pytest

from frontend.devices import device_name

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (f"{MAC} Version/19.1 Safari/605.1.15", "Safari on macOS"),
        (f"{MAC} Chrome/156.0.0.0 Safari/537.36", "Chrome on macOS"),
        (f"{MAC} Chrome/156.0.0.0 Safari/537.36 Edg/156.0", "Edge on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", "Chrome on Android"),
        ("python-httpx2/2.16.2", "python-httpx2"),
        ("command line", "command line"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_browser_is_called_by_its_name_and_system(said: str | None, name: str) -> None:
    assert device_name(said) == name
