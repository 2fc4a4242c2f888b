"""What is handed out, installed: the command in a fresh environment, away from the checkout. Called by `make dist`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.server.make import saved_article, write_warc


def main(command: str) -> None:
    """Run an installed ``hkcnews``: it says its version, looks at nothing, takes in a WARC file, gives it away."""
    with tempfile.TemporaryDirectory() as place:
        state = os.environ | {"XDG_STATE_HOME": place}
        write_warc(Path(place, "made.warc.gz"), [saved_article(301)])
        for words in (
            "--version",
            "status",
            "import made.warc.gz",
            "status --html x.html",
            "export --bag bag --hugo hugo",
            "site paper",
        ):
            subprocess.run([command, *words.split()], cwd=place, env=state, stdout=subprocess.DEVNULL, check=True)
        document = Path(place, "output/articles/1-1000/article_301.md").read_text(encoding="utf-8")
        assert document.startswith("---\ntitle: "), document
        assert Path(place, "bag/data/articles/1-1000/article_301.md").is_file()
        assert Path(place, "hugo/layouts/shortcodes/br.html").is_file()
        assert Path(place, "paper/index.html").is_file()


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
