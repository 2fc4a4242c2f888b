"""What is kept, in forms that others can use. Described in docs/exports.md."""
