"""`python -m auth_service` is `auth-service`."""

from auth_service.command_line import app

app()
