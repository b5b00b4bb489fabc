"""What a browser or program says of itself (User-Agent, RFC 9110 10.1.5), in two words. It may lie."""

import re

# In this order: each names those whom it resembles as well.
PROGRAMS = {
    "Yandex Browser": "YaBrowser/",
    "Edge": "Edg(e|A|iOS)?/",
    "Opera": "OPR/",
    "Firefox": "Firefox/|FxiOS/",
    "Chrome": "Chrome/|CriOS/",
    "Safari": "Safari/",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "macOS": "Mac OS X",
    "ChromeOS": "CrOS",
    "Linux": "Linux",
}


def device_name(said: str | None) -> str:
    """`Firefox on Linux`; what we do not know by its first word; empty when it says nothing."""
    if not said:
        return ""
    program, system = first_in(PROGRAMS, said), first_in(SYSTEMS, said)
    if program and system:
        return f"{program} on {system}"
    return program or system or (said if said == "command line" else said.split("/")[0])


def first_in(names: dict[str, str], said: str) -> str:
    return next((name for name, pattern in names.items() if re.search(pattern, said)), "")
