"""Where each article stands, and why: in a few lines, for one id, and as a page to look at."""
