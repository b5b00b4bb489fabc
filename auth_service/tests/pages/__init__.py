"""What the pages promise, seen through a small application that has nothing but pages."""
