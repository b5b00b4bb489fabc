"""Products: the applications that may ask who someone is; their registration, secrets and redirect URIs."""
