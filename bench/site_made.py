"""Output folders of made articles: invented words in a frequency like that of real text, so that the search's index is
of a real size. The same numbers give the same bytes."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from scraper.markdown.document import render_document
from scraper.models import Article, AuthorBox
from scraper.paths import IDS_PER_FOLDER, MANIFEST_FOLDER, document_path, shard_path

if TYPE_CHECKING:
    from pathlib import Path

FIRST_ID = 200
STAMP = "20200327232031"
_CHARS, _WORDS, _PHRASES = 3800, 60_000, 150_000
_LENGTHS = (1, 2, 2, 2, 2, 2, 2, 3, 3, 4)
_CATEGORIES = ("眾聞", "眾說", "兩岸", "國際", "財經", "體育", "文化", "生活", "科技", "tri-angles", "專題", "圖輯")
_LATIN = ("the government", "COVID-19", "Facebook", "Twitter", "EU", "iPhone", "Hong Kong", "Carrie Lam", "CEO", "WHO")
_PLEA = (
    "\n---\n\n\n請加入成為本報的月費訂戶，長期支持我們的工作。所有訂戶都可以收到我們的「每周時事」通訊 。\n\n"
    "月費訂戶 [網址](/web/20200327232031/https://www.hkcnews.com/aboutus/#subscribe)"
)


class Text:
    """Makes text: phrases of words, drawn by Zipf's law, some of them again and again in one text, as its matter.

    The figures are such that 400 texts have as many pairs of characters, each and together, as 400 of the newspaper's
    (810 and 118,700; there 830 and 115,600), with the same share of rare ones.
    """

    def __init__(self) -> None:
        dice = random.Random(1)
        chars = [chr(code) for code in dice.sample(range(0x4E00, 0x9FA5), _CHARS)]
        weights = [1 / (rank + 8) for rank in range(_CHARS)]
        self.words = ["".join(dice.choices(chars, weights, k=dice.choice(_LENGTHS))) for _ in range(_WORDS)]
        self._by_rank = list(accumulate(1 / (rank + 30) for rank in range(_WORDS)))
        draw = partial(dice.choices, self.words, cum_weights=self._by_rank)
        self._phrases = ["".join(draw(k=dice.randint(1, 4))) for _ in range(_PHRASES)]
        self._phrases_by_rank = list(accumulate((rank + 100) ** -0.6 for rank in range(_PHRASES)))

    def tag(self, dice: random.Random) -> str:
        """Return a word as a tag."""
        return dice.choices(self.words, cum_weights=self._by_rank)[0]

    def matter(self, dice: random.Random) -> list[str]:
        """Return what a text is about."""
        return dice.choices(self._phrases, cum_weights=self._phrases_by_rank, k=25)

    def sentences(self, dice: random.Random, matter: list[str], chars: int) -> str:
        """Return about so many characters."""
        length, found = 0, []
        while length < chars:
            common = dice.choices(self._phrases, cum_weights=self._phrases_by_rank, k=dice.randint(1, 3))
            clause = common + dice.choices(matter, k=2)
            dice.shuffle(clause)
            found.append("".join(clause) + dice.choice("，，，。"))
            length += len(found[-1])
            if dice.random() < 0.04:
                found.append(dice.choice(_LATIN))
        return "".join(found)


def document(text: Text, number: int) -> str:
    """Return the made document of an id. Its words need no escape, so they stand as they are."""
    dice = random.Random(number)
    matter = text.matter(dice)
    paragraphs = [text.sentences(dice, matter, dice.randint(60, 260)) for _ in range(dice.randint(4, 10))]
    if number % 2:
        paragraphs.insert(
            1,
            f'<figure>\n<img src="https://web.archive.org/web/20200327232031im_/https://www.hkcnews.com/{number}_large.jpg"'
            f' alt="">\n<figcaption>{text.sentences(dice, matter, 15)}</figcaption>\n</figure>',
        )
    other = max(FIRST_ID, number - dice.randint(1, 500))
    paragraphs.append(
        f"**{dice.choice(text.words)}** 見 [前文](/web/20200327232031/https://www.hkcnews.com/article/{other}/x) 。"
    )
    column = number % 3 == 0
    author = text.words[dice.randrange(30_000, 31_500)] if column else "眾新聞記者"
    day = date(2016, 12, 30) + timedelta(days=number * 1830 // 50_000 + dice.choice((0, 0, 0, 0, 1, 2)))
    original = f"https://www.hkcnews.com/article/{number}/x"
    article = Article(
        title=text.sentences(dice, matter, dice.randint(14, 26)).rstrip("，。"),
        date=day.isoformat(),
        author=author,
        category=_CATEGORIES[1 + dice.randrange(11)] if column else _CATEGORIES[0],
        content="\n\n".join([*paragraphs, _PLEA]),
        tags=tuple(dict.fromkeys(text.tag(dice) for _ in range(5))),
        author_box=AuthorBox("博客", author, "", "住在離島。") if column else None,
    )
    return render_document(article, original_url=original, timestamp=STAMP)


def output_folder(path: Path, count: int) -> Path:
    """Make an output folder with so many articles, and a few that are lost."""
    text = Text()
    lines: dict[int, list[str]] = defaultdict(list)
    for number in range(FIRST_ID, FIRST_ID + count):
        original = f"https://www.hkcnews.com/article/{number}/x"
        line: dict[str, object] = {
            "id": number,
            "state": "unrecoverable",
            "reason": "every capture was read",
            "tried": [],
        }
        if number % 97:
            data = document(text, number).encode()
            file = path / document_path(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            capture = {"timestamp": STAMP, "original": original, "urlkey": "", "digest": "A" * 32}
            line |= {
                "state": "written",
                "reason": "first intact capture in order",
                "capture": {**capture, "digest_check": "match"},
                "file": document_path(number),
                "file_sha256": hashlib.sha256(data).hexdigest(),
                "tried": [{"timestamp": STAMP, "original": original, "verdict": "article"}],
            }
        lines[(number - 1) // IDS_PER_FOLDER].append(json.dumps(line, ensure_ascii=False) + "\n")
    (path / MANIFEST_FOLDER).mkdir()
    for folder, some in lines.items():
        (path / shard_path(folder * IDS_PER_FOLDER + 1)).write_text("".join(some), encoding="utf-8")
    return path
