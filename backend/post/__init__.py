"""What leaves the house by mail: letters kept in the business transaction, carried at least once, never lost."""
