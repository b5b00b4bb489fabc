"""Keys: what is derived from the secret, the signing keys and their rotation, the one strict token module."""
