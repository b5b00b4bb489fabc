"""`make bench-money`: what money costs, as ratios measured in one run. Nothing here is a test."""
