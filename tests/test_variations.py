"""The given pages in other make-ups of the parts that nobody has seen (SPEC section 3): the file must not change.

Each variation rewrites one part of a conformance page into another plausible nesting. It is independent of the layouts in
`scraper.sites`: what it invents there must not be looked up here, nor the other way round.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.markdown.document import render_document
from scraper.models import Page
from scraper.sites.hkcnews import HKCNEWS

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"
PAGES_PER_VARIATION = 24

pytestmark = pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="../shared/conformance is not beside the project")

BYLINE = re.compile(
    r'<div class="article-info">(?P<by>撰文|Author): (?P<author>.*?) \| (?P<on>發佈日期|Publish Date): '
    r"(?P<date>[\d.]+)(?: \| [^:]*: (?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d))?</div>"
    r'(?:\s*<div class="article-update">[^:]*: (?P<beside>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)</div>)?'
)
KEYWORDS = re.compile(r'<meta name="keywords" content="([^"]*)">')
TAG_LIST = re.compile(r'<div class="tag-list">(.*?)</div>\n?')
BOX = re.compile(
    r'<div class="blogger-box">\s*<div class="article-author-info"><div class="author-profile-pic size-64 first left" '
    r'style="background-image:url\((?P<avatar>[^)]*)\);?"></div><div class="text-box"><div class="line">(?P<label>[^|<]*?) \| '
    r'(?P<author>.*?)</div><div class="line">(?P<bio>.*?)</div></div></div>\s*</div>',
    re.DOTALL,
)
PICTURE = re.compile(
    r'<picture>\s*(?:<source data-srcset="(?P<large>[^"]*_large[^"]*)"[^>]*>)\s*(?:<source [^>]*>\s*)*<img (?P<img>[^>]*?)\s*/?>\s*'
    r"</picture>"
)
GROUP = re.compile(r'<div class="group">([^<]*)</div>')
HEADLINE = re.compile(r"<h1[^>]*>(.*?)</h1>\n", re.DOTALL)

Variation = Callable[[str], str]


def byline(template: str) -> Variation:
    """Write the byline by a template; `{stamp_part}` comes with its own separator, or is empty."""

    def change(page: str) -> str:
        def write(match: re.Match[str]) -> str:
            stamp = match["stamp"] or match["beside"]
            values = match.groupdict() | {"stamp": stamp or ""}
            text = template.split("[[", maxsplit=1)[0]
            if "[[" in template:
                optional, rest = template.split("[[")[1].split("]]")
                text += (optional if stamp else "") + rest
            return text.format(**values)

        return BYLINE.sub(write, page, count=1)

    return change


def tags(template: Callable[[list[str]], tuple[str, str]]) -> Variation:
    """Write the tags as (head, markup before the body); the names come HTML-escaped as they stood."""

    def change(page: str) -> str:
        match = KEYWORDS.search(page)
        if not match:
            return page
        head, markup = template(match[1].split(", "))
        page = TAG_LIST.sub("", page)
        page = KEYWORDS.sub(lambda _: head, page, count=1)
        return page.replace('<div class="article-content"', markup + '<div class="article-content"', 1)

    return change


def sub(pattern: re.Pattern[str], template: str, count: int = 1) -> Variation:
    return lambda page: pattern.sub(
        lambda match: template.format(*match.groups(), **match.groupdict()), page, count=count
    )


def links(names: list[str], template: str) -> str:
    return "".join(template.format(name) for name in names)


VARIATIONS: dict[str, Variation] = {
    "byline in spans": byline(
        '<div class="article-info"><span class="author">{by}: {author}</span><span class="sep"> | </span>'
        "<span>{on}: {date}</span>[[<span> | </span><span>最後更新: {stamp}</span>]]</div>"
    ),
    "byline as paragraph with loose white space": byline(
        '<p class="text-muted article-info">\n   {by}:\n {author}\t|\r\n  {on}:   {date}\n[[| 更新於 {stamp}]]</p>'
    ),
    "byline with full-width colons and bars": byline(
        '<div class="article-info">{by}：{author}｜{on}：{date}[[｜最後更新：{stamp}]]</div>'
    ),
    "byline as list": byline(
        '<ul class="article-info"><li>{by}: {author}</li><li>{on}: {date}</li>[[<li>更新時間: {stamp}</li>]]</ul>'
    ),
    "byline with non-breaking spaces": byline(
        '<div class="article-info">{by}:&nbsp;{author}&nbsp;|&nbsp;{on}:&nbsp;{date}[[&nbsp;|&nbsp;{stamp}]]</div>'
    ),
    "byline with a linked author": byline(
        '<div class="article-info">{by}: <a href="/bloggers/77">{author}</a> | {on}: {date}[[ | 最後更新日期: {stamp}]]</div>'
    ),
    "byline followed by more": byline(
        '<div class="article-info">{by}: {author} | {on}: {date}[[ | Last Updated: {stamp}]] | 閱讀: 1,234 | 分享: 12</div>'
    ),
    "byline line by line": byline(
        '<div class="article-info"><div>{by}: {author}</div><div>{on}: {date}</div>[[<div>{stamp}</div>]]</div>'
    ),
    "byline with breaks": byline(
        '<div class="article-info">{by}: {author}<br>{on}: {date}[[<br/>最後更新 {stamp}]]</div>'
    ),
    "byline with slashes": byline(
        '<div class="article-info">{by}: {author} / {on}: {date}[[ / 最後更新: {stamp}]]</div>'
    ),
    "byline with dots of their own": byline(
        '<div class="article-info"><span>{by}: {author}</span><i>·</i><span>{on}: {date}</span>[[<i>·</i><span>更新: {stamp}</span>]]</div>'
    ),
    "byline with dates in brackets": byline(
        '<p class="article-info">{by}: {author} ({on}: {date})[[ (最後更新 {stamp})]]</p>'
    ),
    "byline without colons": byline(
        '<div class="article-info">{by} {author} | {on} {date}[[ | 最後更新 {stamp}]]</div>'
    ),
    "byline with stamp behind an ideographic space": byline(
        '<div class="article-info">{on}: {date}　{by}: {author}[[　上次更新 {stamp}]]</div>'
    ),
    "byline as definitions": byline(
        '<dl class="article-info"><dt>{by}</dt><dd>{author}</dd><dt>{on}</dt><dd>{date}</dd>[[<dt>最後更新</dt><dd>{stamp}</dd>]]</dl>'
    ),
    "byline below those of other articles": byline(
        '<ul><li><a href="/article/501/x">甲</a><p class="article-info">{by}: 別人 | {on}: 01.01.18</p></li></ul>'
        '<div class="article-info">{by}: {author} | {on}: {date}[[ | 最後更新: {stamp}]]</div>'
    ),
    "stamp in a time element beside": byline(
        '<div class="article-info">{by}: {author} | {on}: {date}</div>[[<time class="updated" datetime="{stamp}">{stamp}</time>]]'
    ),
    "publish date as a full moment": byline(
        '<div class="article-info">{by}: {author} | {on}: <time datetime="20210102T030405Z">{date}</time>'
        "[[ | 最後更新: {stamp}]]</div>"
    ),
    "stamp behind a moment of another article and a comment": byline(
        '<div class="article-info">{by}: {author} | {on}: {date}</div>[[<div>更新: {stamp}</div>]]'
        '<ul><li><a href="/article/501/x">甲</a><time datetime="2021-01-02T03:04:05Z">昨日</time> 2021-01-02 03:04:05</li></ul>'
        '<div id="comments"><p>甲 <span>2021-01-02 03:04:05</span></p></div>'
    ),
    "stamp before the byline": byline(
        '[[<div class="last-modified">最後更新日期：{stamp}</div>]]<div class="article-info">{by}: {author} | {on}: {date}</div>'
    ),
    "stamp without label": byline(
        '<div class="article-info">{by}: {author} | {on}: {date}</div>[[<small>{stamp}</small>]]'
    ),
    "stamp in a list beside": byline(
        '<div class="article-info">{by}: {author} | {on}: {date}</div>[[<ul class="meta"><li>Last Update: {stamp}</li></ul>]]'
    ),
    "byline and stamp in one wrapper": byline(
        '<div class="info-row"><div class="col-xs-12"><div class="article-info">{by}: {author} | {on}: {date}</div></div>'
        '[[<div class="col-xs-12"><span>最後更新: </span><span>{stamp}</span></div>]]</div>'
    ),
    "keywords with the site's own words": tags(
        lambda names: (f'<meta name="keywords" content="{", ".join(["眾新聞", *names, "hkcnews"])}" />', "")
    ),
    "keywords with attributes turned round": tags(
        lambda names: (f"<META CONTENT='{','.join(names).replace(chr(39), '&#39;')}' NAME='Keywords'>", "")
    ),
    "keywords with full-width commas": tags(
        lambda names: (
            f'<meta name="keywords" content="{("，" if "，" not in "".join(names) and len(names) > 2 else ",").join(names)}">',
            "",
        )
    ),
    "keywords in mixed order with links after": tags(
        lambda names: (
            f'<meta name="keywords" content="{", ".join(names)}">',
            f'<ul class="tags">{links(names[:2], "<li><a href=/tag/x>#{}</a></li>")}</ul>',
        )
    ),
    "tags as links only": tags(
        lambda names: (
            '<meta name="keywords" content="眾新聞, hkcnews, 眾新聞">',
            f'<div class="article-tags">{links(names, "<a href=/tag/{0} rel=tag>{0}</a> ")}</div>',
        )
    ),
    "tags as text only": tags(
        lambda names: (
            "",
            f'<p class="article-tags">標籤：{"、".join(names)}</p>'
            if not set("、，,|") & set("".join(names))
            else f'<div class="tagList">{links(names, "<div>{}</div>")}</div>',
        )
    ),
    "tags with label, counts and a link to more": tags(
        lambda names: (
            '<meta name="keywords" content="">',
            f'<div class="tag-group"><b>標籤</b>{links(names, "<a href=/t>{}, <i>(12)</i></a>")}<a href="#">更多</a></div>',
        )
    ),
    "tags at the end of the text": lambda page: _at_end_of_body(page, TAG_LIST, "post-tags"),
    "much-read tags in another column": lambda page: page.replace(
        '<div class="col-md-4 hidden-sm hidden-xs">',
        '<div class="col-md-4"><h3>標籤</h3><ul class="tags"><li><a href="/tag/x">X</a></li>'
        + links(KEYWORDS.search(page)[1].split(", ")[:1] if KEYWORDS.search(page) else [], "<li><a>{}</a></li>")
        + "</ul>",
        1,
    ),
    "list of other articles under its heading at the end of the text": lambda page: _into_body(
        page,
        '<div class="side-heading"><span class="title">相關文章</span></div><div class="list"><h4>延伸閱讀</h4><div class="item">'
        '<div class="article-block"><a href="/article/1/x">X</a></div></div></div>',
    ),
    "tags as article:tag": tags(lambda names: (links(names, '<meta property="article:tag" content="{}">'), "")),
    "category as link": sub(GROUP, '<a class="group" href="/news">{}</a>'),
    "category among other classes": sub(GROUP, '<span class="label group group-news">\n {} \n</span>'),
    "category with a link inside": sub(GROUP, '<div class="group"><a href="/x"><b>{}</b></a></div>'),
    "category behind its label": sub(GROUP, '<div class="group">分類： <a href="/x">{}</a></div>'),
    "category with one below it": sub(GROUP, '<div class="group"><a href="/x">{}</a> <a href="/x/12">政治</a></div>'),
    "category behind the way home": sub(GROUP, '<div class="group"><a href="/">主頁</a> <a href="/x">{}</a></div>'),
    "headline with attributes and inner span": sub(HEADLINE, '<h1 id="t" class="title big"><span>{}</span></h1>\n'),
    "headline outside its heading": lambda page: HEADLINE.sub("", page, count=1).replace(
        '<div class="article-heading">',
        "<header>" + HEADLINE.search(page)[0] + '</header><div class="article-heading">',
        1,
    ),
    "og:title with author": lambda page: (
        re.sub(
            r'(<meta property="og:title" content=")([^"]*)(")',
            lambda m: f"{m[1]}{m[2]} | {BYLINE.search(page)['author']}{m[3]}",
            page,
        )
        if BYLINE.search(page) and "<a" not in BYLINE.search(page)["author"]
        else page
    ),
    "body with more classes": lambda page: page.replace(
        '<div class="article-content"',
        '<div itemprop="articleBody" class="col-xs-12 article-content clearfix" data-id="7"',
        1,
    ),
    "body as section": lambda page: _rename_body(page, "section"),
    "body wrapped once more": lambda page: _wrap_body(page),
    "box with avatar as image": sub(
        BOX,
        '<div class="author-box"><div class="author-pic"><img class="avatar" src="{avatar}" alt=""></div>'
        '<div class="author-text"><h4>{label} | {author}</h4><p>{bio}</p></div></div>',
    ),
    "box with lazy avatar and split label": sub(
        BOX,
        '<section class="blogger-info"><img src="/images/blank.gif" data-src="{avatar}"><div><span class="type">{label}</span> | '
        '<a class="name" href="/bloggers/3">{author}</a></div><div class="desc">{bio}</div></section>',
    ),
    "box with quoted background": sub(
        BOX,
        '<aside class="article-author"><a href="/bloggers/3"><span class="pic" style=\'width:64px; background-image: '
        'url("{avatar}"); height:64px\'></span></a><p class="name"><strong>{label} | {author}</strong></p><p>{bio}</p></aside>',
    ),
    "box as media object": sub(
        BOX,
        '<div class="media"><div class="media-left"><img class="media-object img-circle" src="{avatar}"></div><div class="media-body">'
        '<div class="media-heading">{label} ｜ {author}</div>{bio}</div></div>',
    ),
    "box with the bio beside it": sub(
        BOX,
        '<div class="article-footer"><div class="article-author-info"><div class="author-profile-pic" '
        'style="background-image:url({avatar})"></div><div class="text-box"><div class="line">{label} | {author}</div></div></div>'
        '<div class="bio">{bio}</div></div>',
    ),
    "box with links that lead on": sub(
        BOX,
        '<div class="author-box"><img src="{avatar}"><h4>{label} | {author} <a class="btn" href="#">追蹤</a></h4><p>{bio}</p>'
        '<a href="/bloggers/3">{author}的其他文章</a><ul><li><a href="/article/7/x">另一篇</a></li></ul></div>',
    ),
    "box in a foot of its own": sub(
        BOX,
        '<footer><div class="author-box"><img src="{avatar}"><h4>{label} / {author}</h4><p>{bio}</p></div></footer>',
    ),
    "box with a link around it": sub(
        BOX,
        '<a href="/bloggers/3" class="article-block-footer"><div class="author-box"><img src="{avatar}"><h4>{author}・{label}</h4>'
        "<div>{bio}</div></div></a>",
    ),
    "box between entries of a list": sub(
        BOX,
        '<div class="item"><a href="/article/7/x">另一篇</a><div class="article-author-info"><img src="/x.png">'
        '<div class="line">{label} | {author}</div><div class="line">3 小時前</div></div></div>'
        '<div class="author-box"><img src="{avatar}"><h4>{label} | {author}</h4><p>{bio}</p></div>'
        '<div class="item"><a href="/article/8/x">又一篇</a><div class="article-author-info"><img src="/x.png">'
        '<div class="line">{label} | {author}</div><div class="line">2019年2月3日</div></div></div>',
    ),
    "box inside the body's column before the end": lambda page: _box_into_body(page),
    "picture with srcset": sub(
        PICTURE, '<picture><source srcset="{large}" media="(min-width: 9px)"><img {img}></picture>', count=0
    ),
    "picture as lazy image": sub(PICTURE, '<img data-src="{large}" {img}>', count=0),
    "picture bound by a script": sub(PICTURE, "<img v-lazy=\"'{large}'\" {img}>", count=0),
    "picture of a lazy source": sub(PICTURE, '<picture><source data-src="{large}"><img {img}></picture>', count=0),
    "picture without script": sub(
        PICTURE,
        '<img src="/images/blank.gif" {img}><noscript><img src="{large}"></noscript>',
        count=0,
    ),
    "picture in a link": sub(
        PICTURE, '<a href="{large}" class="fancybox"><img {img} data-original="{large}"></a>', count=0
    ),
}


def _body_span(page: str) -> tuple[int, int]:
    """Start of the body's element and start of its end tag."""
    start = page.index('<div class="article-content"')
    depth = 0
    for match in re.finditer(r"<(/?)div\b", page[start:], re.IGNORECASE):
        depth += -1 if match[1] else 1
        if depth == 0:
            return start, start + match.start()
    raise AssertionError("the body's element is not closed")


def _rename_body(page: str, name: str) -> str:
    start, end = _body_span(page)
    return f"{page[:start]}<{name}{page[start + 4 : end]}</{name}>{page[end + 6 :]}"


def _wrap_body(page: str) -> str:
    start, end = _body_span(page)
    inner = page.index(">", start) + 1
    return f'{page[:inner]}<div class="content-inner"><div>{page[inner:end]}</div></div>{page[end:]}'


def _box_into_body(page: str) -> str:
    match = BOX.search(page)
    if not match:
        return page
    page = page.replace(match[0], "", 1)
    _, end = _body_span(page)
    return page[:end] + match[0] + page[end:]


def _into_body(page: str, markup: str) -> str:
    _, end = _body_span(page)
    return page[:end] + markup + page[end:]


def _at_end_of_body(page: str, pattern: re.Pattern[str], name: str) -> str:
    match = pattern.search(page)
    return _into_body(page.replace(match[0], "", 1), f'<div class="{name}">{match[1]}</div>') if match else page


def _cases() -> Iterator[tuple[int, str, str, str, str]]:
    with (CONFORMANCE / "cases.tsv").open(encoding="utf-8", newline="") as table:
        cases = {row["original_url"]: row for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}
    with (CONFORMANCE / "pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            row = cases.get(record.rec_headers.get_header("WARC-Target-URI") or "")
            if row and row["class"] == "identity":
                text = record.content_stream().read().decode("utf-8", "surrogateescape")
                expected = (CONFORMANCE / "expected" / f"article_{row['id']}.md").read_bytes().decode()
                yield int(row["id"]), row["original_url"], row["timestamp"], text, expected


@pytest.fixture(scope="module")
def cases() -> list[tuple[int, str, str, str, str]]:
    return list(_cases())


@pytest.mark.parametrize("name", VARIATIONS)
def test_another_make_up_gives_the_same_file(name: str, cases: list[tuple[int, str, str, str, str]]) -> None:
    """A part that nobody has seen may stand in the page in another way; the document is the same."""
    changed = [(case, page) for case in cases if (page := VARIATIONS[name](case[3])) != case[3]]
    assert changed, "the variation applies to no page"
    step = max(1, len(changed) // PAGES_PER_VARIATION)
    wrong = []
    for (article_id, original, timestamp, _, expected), page in changed[::step]:
        reading = HKCNEWS.read(
            Page(original, timestamp, 200, "text/html; charset=UTF-8", page.encode("utf-8", "surrogateescape"))
        )
        if reading.article is None:
            wrong.append((article_id, f"{reading.verdict}: {reading.detail}"))
            continue
        got = render_document(reading.article, original_url=HKCNEWS.document_url(original), timestamp=timestamp)
        if got != expected:
            differing = [
                pair for pair in zip(expected.split("\n"), got.split("\n"), strict=False) if pair[0] != pair[1]
            ]
            wrong.append((article_id, differing[:2]))
    assert not wrong, f"{len(wrong)} of {len(changed[::step])} pages differ: {wrong[:3]}"
