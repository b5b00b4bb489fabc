"""What the auth service promises."""
