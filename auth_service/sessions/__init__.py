"""Sessions: who is signed in where, which products were let in with it, and how all of that ends. Knows people by id only."""
