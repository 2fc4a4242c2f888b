"""Pictures of written articles: found, fetched, proven to be pictures, kept by content, and named in documents."""
