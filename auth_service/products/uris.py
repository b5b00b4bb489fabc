"""URIs that a product registers: which are refused, in a sentence, and which deserve a hint.

A redirect URI is compared as an exact string (RFC 9700 section 2.1), so it is looked at once, here, and closely.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from auth_service.settings import is_loopback

LONGEST_URI = 2000
NATIVE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")  # RFC 8252 section 7.1: a domain name in reverse
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")  # of the second kind what stood in brackets


@dataclass(frozen=True)
class Verdict:
    """`problem` is empty when the URI may be registered; `hint` says what to do, or what to think of."""

    problem: str = ""
    hint: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def check_redirect_uri(uri: str) -> Verdict:
    """Of a browser, or of an application that is installed on a device."""
    if problem := problem_of_text(uri):
        return problem
    scheme = uri.partition(":")[0]
    if NATIVE_SCHEME.fullmatch(scheme):
        return Verdict()
    if SCHEME.fullmatch(scheme) and ":" in uri and scheme.lower() not in ("http", "https"):
        return Verdict(
            f"The scheme {scheme}: can not be used.",
            "An installed application uses a domain name of its maker in reverse, such as com.example.app:/callback.",
        )
    return check_web_uri(uri)


def check_web_uri(uri: str) -> Verdict:
    """https anywhere, plain http on loopback."""
    if problem := problem_of_text(uri):
        return problem
    parts = parts_of(uri)
    if parts is None or not parts.hostname or not HOST.fullmatch(parts.hostname):
        return Verdict("This is not an absolute URI.", "It looks like https://shop.example.org/callback.")
    if parts.username is not None or "@" in parts.netloc:
        return Verdict("The URI has a user name or password in it.", "Leave out what stands before the @.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return Verdict("It must be https; plain http is for loopback addresses only.", "Write https://.")
    if parts.scheme not in ("http", "https"):
        return Verdict("This is not an absolute URI.", "It starts with https://.")
    return Verdict(hint=hint_about(parts))


def problem_of_text(uri: str) -> Verdict | None:
    """What is wrong with it whatever kind of URI it is."""
    if uri != uri.strip():
        return Verdict("There is a space before or after the URI.", "Remove it; it often comes along when copying.")
    if not re.fullmatch(r"[\x21-\x7e]+", uri):
        return Verdict(
            "A URI has no spaces, and no letters beyond ASCII.", "Write international names in Punycode (xn--…)."
        )
    if len(uri) > LONGEST_URI:
        return Verdict(f"The URI is longer than {LONGEST_URI} characters.")
    if "#" in uri:
        return Verdict("The URI has a fragment.", "Leave out the # and what follows it (RFC 6749 section 3.1.2).")
    if "*" in uri:
        return Verdict("There are no wildcards: URIs are compared as exact strings.", "Register each URI by itself.")
    if re.search(r"[\"<>\\^`{|}]", uri):
        return Verdict("The URI has a character that must be percent-encoded.")
    return None


def parts_of(uri: str) -> SplitResult | None:
    """None when it can not be taken apart: a bad IPv6 address, a port that is none."""
    try:
        parts = urlsplit(uri)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def hint_about(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.netloc != parts.netloc.lower():
        return "Browsers write host names in lower case; the product must send exactly what stands here."
    if host == "localhost":
        return "127.0.0.1 is safer than localhost, which may lead elsewhere (RFC 8252 section 8.3)."
    if is_loopback(host):
        return "Only programs on the visitor's own machine are reached there."
    if is_address(host):
        return "Certificates for bare addresses are rare, and addresses change; a name is better."
    if not parts.path:
        return "The product must send exactly this, without a slash at the end."
    return ""


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def redirect_uri(uri: str) -> str:
    """Raises ValueError."""
    return approved(uri, check_redirect_uri(uri))


def web_uri(uri: str) -> str:
    """Raises ValueError."""
    return approved(uri, check_web_uri(uri))


def approved(uri: str, verdict: Verdict) -> str:
    if not verdict.ok:
        raise ValueError(f"{verdict.problem} {verdict.hint}".strip())
    return uri
