"""What people see. Holds sessions and pages; knows no business rule.

Everything shown comes from `backend` and `auth_service` over HTTP, asked with the person's own access token. Menus and
buttons follow the role; what is allowed is decided on the other side, and a refusal becomes a page or a sentence here.
"""
