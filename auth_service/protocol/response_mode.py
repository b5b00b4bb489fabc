"""How an authorization answer travels: in the query of a redirect, or as a form that sends itself.

OAuth 2.0 Form Post Response Mode. Without JavaScript the form waits for a press of its button.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request, Response

from auth_service.pages import show
from auth_service.protocol.authorization_request import Asked

RESPONSE_MODES = ("query", "form_post")


def delivered(request: Request, asked: Asked, answer: Response) -> Response:
    """`answer` is a redirect to the product; what it adds to the redirect URI is what we tell."""
    uri = asked.redirect_uri
    if uri is None:
        return answer
    told = added_to(uri, answer.headers["Location"])
    if asked.get("response_mode") == "form_post":
        context = {"product_name": asked.product.name, "action": uri, "hidden": dict(told)}
        return show(request, "form_post.html", context, form_action=(uri,))
    # The registered query stays as it is, to the letter (RFC 6749 section 3.1.2); Authlib would encode it anew.
    answer.headers["Location"] = f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(told)}"
    return answer


def added_to(uri: str, location: str) -> list[tuple[str, str]]:
    own = parse_qsl(urlsplit(uri).query, keep_blank_values=True)
    return parse_qsl(urlsplit(location).query, keep_blank_values=True)[len(own) :]
