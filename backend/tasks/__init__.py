"""Tasks: created with two prices, dealt to people by lot, dealt anew at a press, done once; accounting moves money."""
