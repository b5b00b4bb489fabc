"""What admins look at (N1-N3): earned today, who is in the red, the most expensive tasks. Reads, and never writes."""
