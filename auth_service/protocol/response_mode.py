"""How an authorization answer travels: in the query of a redirect, or as a form that sends itself.

OAuth 2.0 Form Post Response Mode. Without JavaScript the form waits for a press of its button.
"""

from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from auth_service.pages import show
from auth_service.protocol.authorization_request import Asked

RESPONSE_MODES = ("query", "form_post")


def delivered(request: Request, asked: Asked, answer: Response) -> Response:
    """`answer` is a redirect to the product; what it adds to the redirect URI becomes the fields of the form."""
    uri = asked.redirect_uri
    if uri is None or asked.get("response_mode") != "form_post":
        return answer
    own = parse_qsl(urlsplit(uri).query, keep_blank_values=True)
    fields = parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)[len(own) :]
    context = {"product_name": asked.product.name, "action": uri, "hidden": dict(fields)}
    return show(request, "form_post.html", context, form_action=(uri,))
