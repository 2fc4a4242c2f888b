"""Every kind of block, and every defect of the reference archive that concerns a body, as exact text."""

from __future__ import annotations

import pytest

from scraper.markdown.converter import convert_body
from tests.markdown.bodies import LINKS, STAMP, WEB, body_of, converted


def hidden(address: str, key: int = 0x5A) -> str:
    """Return an address as Cloudflare hides it."""
    return bytes([key, *(byte ^ key for byte in address.encode())]).hex()


FIGURE = f'<figure>\n<img src="{WEB.replace(STAMP, STAMP + "im_")}/https://www.hkcnews.com'
CASES = {
    "white space is one space, and text nodes are stripped also of wide spaces": (
        "<p> 早\n\t晨　\u00a0</p><p>\u3000a\u00a0b\u3000c</p>",
        "早 晨\n\na\u00a0b\u3000c",
    ),
    "pieces are joined by one space": (
        '<p>甲<b>乙</b>，<a href="/a">丙</a>。<span>丁</span>戊</p>',
        f"甲 **乙** ， [丙](/web/{STAMP}/https://www.hkcnews.com/a) 。 丁 戊",
    ),
    "a comment parts two text nodes": ("<p>甲<!-- x -->乙</p>", "甲 乙"),
    "texts behind comments and instructions are kept wherever they stand": (
        (
            "<!-- a -->甲<p><!-- b -->乙<b><?c?>丙<!-- d --></b><!-- e --><!-- f -->丁<!-- g -->戊</p><!-- h -->己"
            '<figure><img src="/x"><figcaption><!-- i -->庚<i>辛</i><!-- j -->壬</figcaption></figure>'
        ),
        f'甲\n\n乙 **丙** 丁 戊\n\n己\n\n{FIGURE}/x" alt="">\n<figcaption>庚辛壬</figcaption>\n</figure>',
    ),
    "elements that hold no elements for the parser are text as any other": (
        "<noembed><b>甲</b></noembed><xmp><i>乙</i></xmp>",
        "\\<b>甲\\</b> \\<i>乙\\</i>",
    ),
    "hidden elements part no text, and white space between blocks counts where all is kept": (
        "<p>甲<i hidden>x</i>乙</p> <pre><p>丙</p>\n<p>丁</p></pre>",
        "甲乙\n\n<pre>丙&#10;丁</pre>",
    ),
    "a break is a piece": ("<p>甲<br>乙</p>", "甲   \n 乙"),
    "a break alone is a block": ("<p><br></p>", "  \n"),
    "breaks at the edges stay": ("<p><br/>甲<br></p>", "  \n 甲   \n"),
    "empty paragraphs vanish": ("<p> \u00a0</p><p></p><p>甲</p><div><span></span></div>", "甲"),
    "headings of each level": (
        "<h1>甲</h1><h2>乙</h2><h3>丙</h3><h4>丁</h4><h5>戊</h5><h6>己</h6>",
        "# 甲\n\n## 乙\n\n### 丙\n\n#### 丁\n\n##### 戊\n\n###### 己",
    ),
    "a break in a heading is HTML, one at its edge is left out": (
        '<h3><br>甲<br>乙<br></h3><h3><a href="#x">丙<br></a></h3><h2><b><br>丁<br></b></h2>',
        "### 甲 <br> 乙\n\n### [丙](#x)\n\n## **丁**",
    ),
    "empty headings and emphasis are left out": (
        "<h3> </h3><h3><br></h3><p><b></b>甲<em> </em><strong><br></strong></p>",
        "甲   \n",
    ),
    "emphasis closes before a break and begins behind one": (
        "<p><b>甲<br></b>乙</p><p><em><br>丙</em></p><p><b>丁<br>戊</b></p>",
        "**甲**   \n 乙\n\n  \n *丙*\n\n**丁   \n 戊**",
    ),
    "markup ends at an empty line and begins anew behind it": (
        '<p><b>甲<br><br>乙</b></p><p><a href="#x">丙<br><br>丁</a></p>',
        "**甲**   \n   \n **乙**\n\n[丙](#x)   \n   \n [丁](#x)",
    ),
    "emphasis within emphasis": (
        "<p><em><strong>甲</strong></em><b>乙<i>丙</i></b><b><b>丁</b></b></p>",
        "***甲*** **乙 *丙*** **丁**",
    ),
    "a link ends with the break that stood in it": ('<p><a href="#x">甲<br></a>乙</p>', "[甲   \n](#x) 乙"),
    "a link without text vanishes, one without a goal is text": (
        '<p>甲<a href="/x"> </a><a name="n">乙</a><a href="">丙</a></p>',
        "甲 乙 丙",
    ),
    "destinations that CommonMark cannot take as they are": (
        '<p><a href="http://x.hk/a b">甲</a><a href="#(">乙</a><a href="#a(b)">丙</a><a href="#&lt;\n\x7f">丁</a></p>',
        f"[甲]({WEB}/http://x.hk/a%20b) [乙](#\\() [丙](#a(b)) [丁](#%3C%7F)",
    ),
    "a quote of words, and quotes in a row": (
        "<blockquote>甲<br>乙</blockquote><blockquote><b>丙</b></blockquote><p>丁</p>",
        "> 甲   \n 乙\n\n\n> **丙**\n\n\n丁",
    ),
    "a quote of blocks": (
        "<blockquote><p>甲<br>乙</p><h3>丙</h3><ul><li>丁</li></ul></blockquote>",
        "> 甲   \n 乙\n\n> ### 丙\n\n> - 丁",
    ),
    "a quote of words and blocks": (
        "<blockquote>甲<blockquote>乙</blockquote>丙</blockquote>",
        "> 甲\n\n> > 乙\n\n\n> 丙",
    ),
    "lists": (
        "<ul><li>甲</li><li><p>乙</p><p>丙</p></li><li> </li></ul><ol><li>丁<ul><li>戊</li></ul></li><li>己</li></ol>",
        "- 甲\n\n- 乙\n\n  丙\n\n1. 丁\n\n   - 戊\n\n1. 己",
    ),
    "a rule": ("<p>甲</p><hr><p>乙</p>", "甲\n\n\n---\n\n\n乙"),
    "a frame, also in a paragraph with words": (
        '<p>甲<iframe src="//v.hk/1"></iframe>乙</p><iframe src="about:blank"></iframe><iframe></iframe>',
        f'甲\n\n\n{{{{< video src="//web.archive.org/web/{STAMP}if_/https://v.hk/1" >}}}}\n\n\n乙',
    ),
    "a figure with and without caption": (
        (
            '<figure class="image"><img src="/圖 一_large.jpg" alt="甲"><figcaption> 乙<br>丙 </figcaption></figure>'
            '<figure><img src="/b.jpg"></figure>'
        ),
        (
            f'{FIGURE}/圖%20一_large.jpg" alt="甲">\n<figcaption>乙丙</figcaption>\n</figure>\n\n'
            f'{FIGURE}/b.jpg" alt="">\n</figure>'
        ),
    ),
    "a caption's pieces are joined by nothing, Latin words that the page parts by a space": (
        (
            '<figure><img src="/x"><figcaption>Fong <b>So</b>，<i>《A 》</i> at<br>sea 2019<p>6 月</p>'
            "A<b>B</b> <i>C </i>D 港 E</figcaption></figure>"
        ),
        f'{FIGURE}/x" alt="">\n<figcaption>Fong So，《A 》at sea 2019 6 月AB C D 港 E</figcaption>\n</figure>',
    ),
    "the large one of several sizes, else the picture itself": (
        (
            '<figure><picture><source data-srcset="/a_small.jpg"><source data-srcset="/a_large.jpg">'
            '<img src="/a.jpg" alt=""></picture></figure>'
            '<figure><picture><source srcset="/b 1_large.jpg"><source srcset="/b 1_medium.jpg">'
            '<img src="/b 1_small.jpg" alt=""></picture></figure>'
            '<figure><picture><source srcset="/c_medium.jpg"><img src="/c.jpg"></picture></figure>'
        ),
        "\n\n".join(f'{FIGURE}/{name}.jpg" alt="">\n</figure>' for name in ("a_large", "b%201_large", "c")),
    ),
    "several pictures in one figure": (
        '<figure><img src="/a.jpg"><picture><img src="/b.jpg"></picture><figcaption>甲</figcaption></figure>',
        f'{FIGURE}/a.jpg" alt="">\n</figure>\n\n{FIGURE}/b.jpg" alt="">\n<figcaption>甲</figcaption>\n</figure>',
    ),
    "a figure around a table or film is that": (
        (
            "<figure><table><tr><td>甲</td></tr></table><figcaption>乙</figcaption></figure>"
            "<figure><iframe src='#v'></iframe></figure>"
        ),
        '\n| 甲 |\n| --- |\n\n\n乙\n\n\n{{< video src="#v" >}}\n',
    ),
    "a line behind an empty one in a quote or an item is continued by nothing lazily": (
        "<blockquote><br>甲<br>=</blockquote><blockquote>甲<br><br>乙<br>=</blockquote><ul><li>甲<br>=<br><br>乙</li></ul>",
        ">   \n 甲   \n \\=\n\n\n> 甲   \n   \n 乙   \n \\=\n\n\n- 甲   \n   \\=   \n     \n   乙",
    ),
    "a picture's address is absolute, also where the page's was relative to itself": (
        '<figure><img src="images/a.jpg"></figure><figure><img src="./b.jpg"></figure><figure><img src="?c"></figure>',
        "\n\n".join(f'{FIGURE}/article/1/{name}" alt="">\n</figure>' for name in ("images/a.jpg", "b.jpg", "x?c")),
    ),
    "above the root is nothing, as in browsers": (
        '<p><a href="../../../甲">乙</a></p><figure><img src="../../../../a.jpg"></figure>',
        f'[乙](/web/{STAMP}/https://www.hkcnews.com/甲)\n\n{FIGURE}/a.jpg" alt="">\n</figure>',
    ),
    "no picture for an empty address; the caption stays": (
        '<figure><img src=""><figcaption>甲</figcaption></figure><figure><img src=""></figure><p><img src=""></p>',
        "<figure>\n<figcaption>甲</figcaption>\n</figure>",
    ),
    "figures and films inside a paragraph or link": (
        '<p>甲<figure><img src="/a.jpg"></figure>乙</p><p><a href="#x">丙<figure><img src="/b.jpg"></figure>丁</a></p>',
        f'甲\n\n{FIGURE}/a.jpg" alt="">\n</figure>\n\n乙\n\n[丙](#x)\n\n{FIGURE}/b.jpg" alt="">\n</figure>\n\n[丁](#x)',
    ),
    "captions and descriptions are HTML": (
        (
            '<figure><img src="/a.jpg" alt="&quot;*甲*&quot; &amp;lt; &amp; x"><figcaption>'
            "&lt;b&gt; *乙* &amp;amp; R&amp;D "
            "3 &lt; 4 {{&lt; x &gt;}}</figcaption></figure>"
        ),
        (
            f'{FIGURE}/a.jpg" alt="&quot;*甲*&quot; &amp;lt; & x">\n'
            "<figcaption>&lt;b> *乙* &amp;amp; R&D 3 < 4 {&#123;< x >}}</figcaption>\n</figure>"
        ),
    ),
    "a picture in a line": (
        '<p><a href="#x"><img src="/a.jpg" alt="甲]*"></a></p>',
        f"[![甲\\]*]({WEB}im_/https://www.hkcnews.com/a.jpg)](#x)",
    ),
    "a table, short rows padded": (
        (
            "<table><thead><tr><th>甲</th><th>乙</th><th>丙</th></tr></thead><tr><td>丁</td><td>戊</td></tr>"
            "<tr><td colspan=3>己</td></tr></table>"
        ),
        "\n| 甲 | 乙 | 丙 |\n| --- | --- | --- |\n| 丁 | 戊 |  |\n| 己 |  |  |\n",
    ),
    "breaks, blocks and pipes in a cell": (
        "<table><caption>題</caption><tr><td>甲<br>乙<br></td><td><p>a|b</p><p>丙</p></td></tr></table>",
        "題\n\n\n| 甲 <br> 乙 | a\\|b <br> 丙 |\n| --- | --- |\n",
    ),
    "a hidden address in words and in a link": (
        (
            f'<p>電郵<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{hidden("a_b@x.hk")}">'
            f'[email&#160;protected]</a>或<a href="/cdn-cgi/l/email-protection#{hidden("c@x.hk")}">'
            f'<span class="__cf_email__" data-cfemail="{hidden("c@x.hk")}">[email&#160;protected]</span></a></p>'
        ),
        f"電郵 a_b@x.hk 或 [c@x.hk]({WEB}/mailto:c@x.hk)",
    ),
    "what cannot be seen vanishes": (
        (
            '<p>甲<span style="display : none">x</span></p><script>x</script><style>x</style><!-- x -->'
            "<noscript>x</noscript>"
            '<template><p>x</p></template><h2 class="big hidden">x</h2><ul hidden><li>x</li></ul><p>乙</p>'
        ),
        "甲\n\n乙",
    ),
    "containers are transparent, and words need no paragraph": (
        "甲<div>乙<section><p>丙</p>丁</section></div><center>戊</center>己<custom-tag>庚</custom-tag>",
        "甲\n\n乙\n\n丙\n\n丁\n\n戊\n\n己 庚",
    ),
    "preformatted text is HTML, in which Hugo runs no shortcode": (
        "<pre>a\n\n  ```b &amp;lt; {{&lt; x &gt;}} *\n</pre><ul><li><pre>c\nd</pre></li></ul>",
        "<pre>a&#10;&#10;  ```b &amp;lt; {&#123;< x >}} *</pre>\n\n- <pre>c&#10;d</pre>",
    ),
    "words that look like markup": (
        "<p>*甲* 1. 乙</p><p>1. 丙<br>- 丁<br>===</p><ul><li># 戊<br>3. 己</li></ul><h3>庚 #</h3>",
        "\\*甲* 1. 乙\n\n1\\. 丙   \n \\- 丁   \n \\===\n\n- \\# 戊   \n 3\\. 己\n\n### 庚 \\#",
    ),
    "what Hugo would run in words is broken up": (
        "<p>{{&lt; video &gt;}}{{% x %}}{{&lt;x</p><p>&lt;!--more--&gt;</p>",
        "{\\{< video >}}{\\{% x %}}{\\{<x\n\n<\\!--more-->",
    ),
    "marks of a block are before its emphasis, whatever stands outside of what": (
        '<b><blockquote>甲</blockquote><h2>乙</h2><ul><li>丙<p>丁</p></li></ul></b><a href="#x"><p>戊</p><hr>己</a>',
        "> **甲**\n\n\n## **乙**\n\n- **丙**\n\n  **丁**\n\n[戊](#x)\n\n\n---\n\n\n[己](#x)",
    ),
}


@pytest.mark.parametrize(("html", "expected"), CASES.values(), ids=CASES.keys())
def test_is_written_exactly_so(html, expected):
    """The block table and the inline rules of the form, case by case."""
    assert converted(html) == expected


def test_what_is_nested_too_deep_is_text_with_its_white_space() -> None:
    """Elements that are no more begin no line, so the white space in them is all that parts the words."""
    assert converted("<div>" * 80 + "甲<div> <div>乙</div></div>") == "甲 乙"


def test_a_picture_that_is_never_closed_before_the_text_is_none_of_its_pictures() -> None:
    """Its sizes are of another picture; each in the text has its own."""
    body = body_of('<img src="/x">')
    picture = body.getparent().makeelement("picture")
    body.addprevious(picture)
    picture.append(picture.makeelement("source", {"srcset": "/other_large.jpg"}))
    picture.append(body)
    assert convert_body(body, LINKS) == converted('<img src="/x">')


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        ('<img srcset="/s.jpg 480w,\n/a 1,2_large.jpg 960w, /m.jpg 720w">', "a%201,2_large.jpg"),
        ('<picture><source srcset="/a_large.jpg 1.5x"><img src="/s.jpg"></picture>', "a_large.jpg"),
        ('<picture><source data-srcset="/s.jpg, /b.jpg\n2x"><img></picture>', "b.jpg"),
        ('<img srcset="/a, b.jpg">', "a,%20b.jpg"),
    ],
)
def test_widths_and_densities_are_no_part_of_an_address(picture: str, name: str) -> None:
    """HTML's ``srcset``: several addresses, each with a descriptor; the site's own has one alone."""
    assert converted(f"<figure>{picture}</figure>") == f'{FIGURE}/{name}" alt="">\n</figure>'
