"""Languages: which one a visitor reads, and how a sentence is said in it. Knows no page and no person."""
