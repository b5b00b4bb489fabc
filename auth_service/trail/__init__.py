"""The trail: who did what to whom, when and from where. One append-only table; knows people and products by id only."""
