"""Fetching the pictures of written articles: what the engine does for pages, for pictures."""
