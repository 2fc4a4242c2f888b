"""What is kept, in forms that others can use: WACZ, JSON Lines, SQLite. Described in docs/exports.md."""
