"""Facts about what people see, proved over real HTTP: a browser of sorts, and neighbours that keep the contract."""
