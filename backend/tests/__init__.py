"""What the backend promises, stated as facts against real databases and real HTTP."""
