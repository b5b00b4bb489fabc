"""A believable past for a demonstration: three weeks of a parrot company, made by the real code in one transaction."""
