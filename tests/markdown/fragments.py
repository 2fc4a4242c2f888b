"""Bodies that hypothesis makes up: words that look like markup, in every element the form knows."""

from __future__ import annotations

from html import escape

from hypothesis import strategies as st

SPECIAL = "*_`<>[]()!#+-=~|&\\{}.:1290\"'%/@a"
_PLAIN = (
    "海港 渡輪 ferry 「早晨」 。 ： 1. 2) - # ** &lt; <b> [x](y) "
    "--- === *** ~~~ ``` <http://a.b/> a_b_c _x_ *x* \\ $ € 😀"
)
WORDS = _PLAIN.split()
WORDS += ["{{< v >}}", "[x]: y", "| a | b |", "| --- | --- |", "\u3000", "\u00a0", "\u2003"]
texts = st.one_of(
    st.text(SPECIAL + " 港", min_size=1, max_size=12),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
).map(escape)
hrefs = st.sampled_from(
    (
        *("/a", "http://x.hk/a b", "https://x.hk/(a", "//x.hk/q?a=1&amp;b=2", "#top", "x.hk/y)z", "mailto:a@x.hk"),
        *("/a*b*_c_", "/a|b", "/a\\b", "/<a>", "/`a`", "/{{%b"),
    )
).map(escape)
images = st.sampled_from(["/i/a.jpg", "http://x.hk/a b.png", "/i/圖_large.jpg"])


def inside(name: str, content: st.SearchStrategy[str], attributes: str = "") -> st.SearchStrategy[str]:
    """Return elements with that content."""
    return content.map(lambda inner: f"<{name}{attributes}>{inner}</{name}>")


def joined(content: st.SearchStrategy[str], at_least: int = 0, at_most: int = 4) -> st.SearchStrategy[str]:
    """Return several in a row."""
    return st.lists(content, min_size=at_least, max_size=at_most).map("".join)


def _wrapped(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = joined(children, at_most=3)
    names = st.sampled_from(["b", "strong", "em", "i", "span", "u", "font", "sup"])
    return st.one_of(
        st.tuples(names, inner).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"),
        st.tuples(hrefs, inner).map(lambda pair: f'<a href="{pair[0]}">{pair[1]}</a>'),
    )


words = st.recursive(texts, _wrapped, max_leaves=6)
pictures = st.tuples(images, st.text("a*_]港 ", max_size=4)).map(lambda pair: f'<img src="{pair[0]}" alt="{pair[1]}">')
inline = joined(st.one_of(words, words, words, pictures))
broken = joined(st.one_of(words, words, st.just("<br>")), at_most=6)
lines = st.lists(words, min_size=1, max_size=3).map("<br>".join)
tables = joined(inside("tr", st.tuples(inside("td", broken), inside("td", broken)).map("".join)), 1, 3)
figures = st.tuples(images, st.text('a&<"港 ', max_size=4), st.text("a&<lt;*_{%港 ", max_size=9)).map(
    lambda parts: (
        f'<figure class="image"><img src="{parts[0]}" alt="{escape(parts[1])}">'
        f"<figcaption>{escape(parts[2])}</figcaption></figure>"
    )
)
flat = st.one_of(
    *(inside(name, content) for name in ("p", "h2", "div") for content in (inline, broken)),
    st.just("<hr>"),
    st.just('<p><iframe src="https://v.hk/1"></iframe></p>'),
    figures,
    inside("table", tables),
)
paragraphs = st.one_of(inside("p", lines), inside("h3", inline))
in_quotes = st.one_of(paragraphs, inside("ul", inside("li", lines)), inside("blockquote", paragraphs))
quotes = st.one_of(inside("blockquote", joined(in_quotes, 1, 3)), inside("blockquote", lines))
nested = st.recursive(
    st.one_of(paragraphs, quotes),
    lambda children: st.one_of(
        *(inside(name, joined(inside("li", st.one_of(lines, children)), 1, 2)) for name in ("ul", "ol"))
    ),
    max_leaves=4,
)
bodies = st.lists(st.one_of(flat, flat, nested), max_size=3).map("\n".join)
