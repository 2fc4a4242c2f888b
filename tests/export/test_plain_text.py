"""A document's Markdown as plain text."""

import pytest

from scraper.export.plain import plain_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("一 **二** *三* [四](https://example.org/五)", "一 二 三 四"),
        ("甲  \n 乙", "甲\n乙"),
        (
            '<figure>\n<img src="https://example.org/a" alt="代">\n<figcaption>A &amp; B 攝</figcaption>\n</figure>',
            "A & B 攝",
        ),
        ('<figure>\n<img src="https://example.org/a.jpg" alt="代">\n</figure>', ""),
        ('前\n\n\n{{< video src="https://example.org/v" >}}\n\n\n後', "前\n\n後"),
        ("\n| 年 | 人<br>數 |\n| --- | --- |\n| 2019 | **七** |\n", "年\t人 數\n2019\t七"),
        ("> 引文\n第二行", "引文\n第二行"),
        ("## 標題\n\n1. 一\n\n1. 二\n\n---\n\n完", "標題\n\n一\n\n二\n\n完"),
        (r"2 \* 3 \_ \<b\> 1\. \# \[x\]", "2 * 3 _ <b> 1. # [x]"),
        ("![博客 | 甲](https://example.org/a.png)\n\n**博客 | 甲**\n\n簡介", "博客 | 甲\n\n簡介"),
    ],
)
def test_reads_as_the_page_did(markdown: str, text: str) -> None:
    """What shows on the page is there, what only made it look like something is not."""
    assert plain_text(markdown) == text


def test_deep_nesting_is_bounded() -> None:
    """A page that nests without end costs neither the stack nor much time."""
    assert "完" in plain_text("> " * 5000 + "深\n\n" + "[" * 5000 + "\n\n完")
