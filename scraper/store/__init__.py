"""All that was fetched or imported, kept as WARC 1.1; and reading of WARC, WACZ and saved HTML."""
