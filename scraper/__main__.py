"""``python -m scraper`` is ``hkcnews``."""

from scraper.cli import entry

if __name__ == "__main__":
    entry()
