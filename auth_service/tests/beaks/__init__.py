"""What beaks promise: how they read, hatch and look."""
