"""The newspaper as static files that people can read and search, also without a server. Described in docs/site.md."""
