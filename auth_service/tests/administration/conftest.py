from auth_service.tests.administration.desk import desk

__all__ = ["desk"]
