"""Conformance: one running process, asked over HTTP only, requirement by requirement; a file per specification.

The client here is written by hand after the specifications. It knows the issuer's address and what a product's
registration told it, nothing else of auth_service; an import contract in pyproject.toml holds it to that. Docstrings
name sections, and the modules of the OpenID Foundation's certification plans where one asks the same (plans.py).
"""
