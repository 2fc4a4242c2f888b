"""From bytes to a page as the site sent it. Pure."""
