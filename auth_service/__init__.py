"""Who people are, and how they prove it: the user base and the OpenID Provider."""
