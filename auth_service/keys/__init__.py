"""Keys: what is derived from the installation's secret, the signing keys and their rotation, the one strict token module."""
