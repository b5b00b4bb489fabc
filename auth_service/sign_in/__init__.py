"""Signing in: the page, the throttle, the sessions of browsers."""
