"""Sessions: who is signed in where, which products were let in, and how all of that ends. Knows people by id."""
