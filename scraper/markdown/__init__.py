"""A page's body to Markdown, an article to the text of its document, and back. Pure: no session, no path, no clock."""
