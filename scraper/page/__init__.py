"""From bytes to a page as the site sent it, parsed once, with what the readers ask of it. Pure."""
