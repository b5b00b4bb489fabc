"""How the frontend's database came to its present form; one file per step."""
