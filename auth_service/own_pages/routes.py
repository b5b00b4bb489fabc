"""All own pages, for the application to take in at once."""

from fastapi import APIRouter

from auth_service.own_pages import doorstep, hatching, language, moulting, my_products, my_sessions

router = APIRouter()
for page in (doorstep, language, my_sessions, my_products, hatching, moulting):
    router.routes.extend(page.router.routes)
