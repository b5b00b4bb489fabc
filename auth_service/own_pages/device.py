"""What a browser says of itself (User-Agent), in two words a person knows. It may lie; nothing is decided by it."""

import re
from dataclasses import dataclass

# In this order: a browser names those whom it resembles as well.
BROWSERS = (
    ("Yandex Browser", r"YaBrowser/(\d+)"),
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"(?:OPR|Opera)/(\d+)"),
    ("Vivaldi", r"Vivaldi/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:HeadlessChrome|Chrome|CriOS|Chromium)/(\d+)"),
    ("Safari", r"Version/(\d+)\S* (?:Mobile/\S+ )?Safari/"),
    ("curl", r"^curl/(\d+)"),
)
SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True)
class Device:
    """None where it does not say."""

    browser: str | None
    system: str | None

    @classmethod
    def of(cls, user_agent: str | None) -> "Device":
        said = user_agent or ""
        browser = next((f"{name} {found[1]}" for name, how in BROWSERS if (found := re.search(how, said))), None)
        return cls(browser, next((name for name, how in SYSTEMS if re.search(how, said)), None))
