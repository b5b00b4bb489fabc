"""What an administrator does at the console with products, sessions, keys and the trail. All work while it serves."""
