"""People: who works here, in which role, and the REST interface to them. Knows no product and no protocol."""
