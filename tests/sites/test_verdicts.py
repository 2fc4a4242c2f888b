from __future__ import annotations

from pathlib import Path

import pytest

from scraper.models import Lack, Verdict
from scraper.page.archive_pages import judge
from tests.sites.pages import BIO, BLOCKS, FIRST, SECOND, TITLE, URL, WRITER, box, column_heading, heading, page, read

RECORDED = Path(__file__).parent.parent.parent.parent / "shared" / "recordings"


@pytest.mark.parametrize(
    "title",
    [
        "眾新聞告別    感謝讀者",
        "眾新聞告別　感謝讀者",
        "眾新聞告別\n感謝讀者",
        "眾新聞告別感謝讀者",
        "众新闻告别 感谢读者",
    ],
)
@pytest.mark.parametrize("where", ["title", "h1", "og"])
def test_the_farewell_page_is_never_an_article(title: str, where: str) -> None:
    """Told by its title, whatever white space is in it and wherever it stands."""
    plain = f"<html><head><title>{title if where == 'title' else '眾新聞'}</title>"
    plain += f'<meta property="og:title" content="{title}">' if where == "og" else ""
    plain += f"</head><body><h1>{title if where == 'h1' else ''}</h1><p>多謝支持</p></body></html>"
    assert read(plain).verdict is Verdict.FAREWELL


@pytest.mark.parametrize(
    "markup",
    [
        "<title>眾新聞 | 眾新聞告別    感謝讀者</title><p>各位讀者</p>",
        "<title>CitizenNews - 眾新聞告別 感謝讀者</title><p>各位讀者</p>",
        "<title>【眾新聞告別　感謝讀者】</title>",
        "<title>眾新聞</title><h1>【眾新聞告別　感謝讀者】</h1>",
        "<title>眾新聞</title><h3>眾新聞告別 感謝讀者</h3><p>各位讀者</p>",
        "<title></title><p><strong>眾新聞告別    感謝讀者</strong></p><p>各位讀者</p>",
    ],
)
def test_the_farewell_is_told_behind_the_sites_name_in_brackets_and_in_a_line(markup: str) -> None:
    """A line of the text counts only where the page has no title of its own."""
    assert read(f"<html><body>{markup}</body></html>").verdict is Verdict.FAREWELL


@pytest.mark.parametrize("title", ["讀者談眾新聞告別　感謝讀者支持", "時評 | 眾新聞告別　感謝讀者", TITLE])
def test_an_article_about_the_farewell_is_an_article(title: str) -> None:
    """The words in a title of their own, or in the text, are no farewell page."""
    said = "<h2>眾新聞</h2><h3>眾新聞告別 感謝讀者</h3><p><strong>眾新聞告別 感謝讀者</strong></p>"
    assert read(page(title=title, headline=heading(title), body=said)).verdict is Verdict.ARTICLE
    unknown = page(title=title, main=f'<div class="story"><h1>{title}</h1>{FIRST * 4}{said}</div>')
    assert read(unknown).verdict is Verdict.UNKNOWN_LAYOUT


def test_the_papers_own_farewell_is_an_article() -> None:
    """49873 says what the page says that replaced the site; so does any article captured before that time."""
    title = "眾新聞告別　感謝讀者"
    own = page(title=title, headline=heading(title, info="撰文: 眾新聞 | 發佈日期: 02.01.22"))
    reading = read(own, url="https://www.hkcnews.com/article/49873/x", timestamp="20220312040506")
    assert (reading.verdict, reading.article and reading.article.title) == (Verdict.ARTICLE, title)
    assert read(own, timestamp="20220103155959").verdict is Verdict.ARTICLE
    assert read(own, timestamp="20220103160000").verdict is Verdict.FAREWELL
    for replaced in (f"<title>{title}</title><h1>{title}</h1>", own.replace(FIRST + SECOND, "")):
        assert read(replaced, url="https://www.hkcnews.com/article/49873/x").verdict is Verdict.FAREWELL


@pytest.mark.parametrize(
    "ending", ["街坊說，收工", "<strong>未有", "取消深夜</", '<a href="/article/2', "<!-- x", "<sup"]
)
def test_a_page_cut_inside_the_text_is_a_fragment(ending: str) -> None:
    """In a paragraph, in an element, in a tag, in a comment."""
    whole = page(body=FIRST + SECOND)
    cut = whole[: whole.index(ending) + len(ending)] if ending in whole else whole[: whole.index(SECOND)] + ending
    for truncated in (None, "length"):
        reading = read(cut, truncated=truncated)
        assert reading.verdict is Verdict.TRUNCATED
        assert reading.article is None


def test_every_cut_of_a_page_is_a_fragment_or_the_whole_article() -> None:
    """No prefix of a page is read as a shorter article."""
    whole = page(author=WRITER, headline=column_heading(), after=box())
    full = read(whole).article
    without_box = read(page(author=WRITER, headline=column_heading())).article
    for end in range(0, len(whole), 23):
        reading = read(whole[:end])
        assert reading.article in (None, full, without_box), end
        if reading.article is None:
            assert reading.verdict in {Verdict.TRUNCATED, Verdict.EMPTY}, end


def test_a_missing_end_behind_the_article_is_nothing() -> None:
    """Cut in the list of other articles: an article, which lacks something only if somebody says that it was cut."""
    whole = page()
    cut = whole[: whole.index("街市檔主")]
    for truncated in (None, "900 bytes instead of the archived 1000"):
        reading = read(cut, truncated=truncated)
        assert (reading.verdict, reading.lacks) == (Verdict.ARTICLE, frozenset())
    for truncated in ("length", 'Warning: 299 - "truncated"'):
        reading = read(cut, truncated=truncated)
        assert (reading.verdict, reading.lacks) == (Verdict.ARTICLE, {Lack.TRUNCATED})


@pytest.mark.parametrize(
    ("status", "verdict"), [(404, "archived_error"), (429, "archived_error"), (503, "archived_error")]
)
def test_an_archived_error_is_content_whatever_it_shows(status: int, verdict: str) -> None:
    """Of the status alone."""
    assert read(page(), status=status).verdict == verdict


@pytest.mark.parametrize(
    ("location", "verdict", "detail"),
    [
        ("https://www.hkcnews.com/", "redirect_elsewhere", "https://www.hkcnews.com/"),
        ("/", "redirect_elsewhere", "https://www.hkcnews.com/"),
        ("/article/99/x", "redirect_elsewhere", "https://www.hkcnews.com/article/99/x"),
        (
            "https://web.archive.org/web/2021/https://hkcnews.com/article/7",
            "redirect_elsewhere",
            "https://hkcnews.com/article/7",
        ),
        (None, "redirect_elsewhere", "without target"),
        ("http://[x", "redirect_elsewhere", "http://[x"),
        ("http://hkcnews.com/article/12345/y", "interstitial", "http://hkcnews.com/article/12345/y"),
        ("/web/20210101000000id_/https://hkcnews.com/article/12345", "interstitial", "same article"),
    ],
)
def test_a_redirect_is_told_by_its_target(location: str | None, verdict: str, detail: str) -> None:
    """To another id or the home page: elsewhere. To another URL of the same article: it leads on."""
    reading = read("", status=302, location=location)
    assert reading.verdict == verdict
    assert detail in reading.detail


@pytest.mark.parametrize(
    ("body", "content_type", "verdict"),
    [
        (b"", "text/html", "empty"),
        (b" \r\n\t\0", None, "empty"),
        (b"%PDF-1.4 x", "text/html", "foreign"),
        (b"\x89PNG\r\n", "image/png", "foreign"),
        (b'{"a": 1}', "application/json", "foreign"),
        (b"<html><head></head><body></body></html>", "text/html", "empty"),
        (b"<html><body><h1>Buy this domain</h1></body></html>", "text/html", "foreign"),
        (b"<html><title>hkcnews.com is for sale</title><body>hkcnews.com</body></html>", "text/html", "foreign"),
    ],
)
def test_what_is_no_page_of_the_site(body: bytes, content_type: str | None, verdict: str) -> None:
    """Nothing, no HTML, or another site."""
    assert read(body, content_type=content_type).verdict == verdict


@pytest.mark.parametrize(
    "said",
    [
        "<h1>查無此文章</h1>",
        "<h1>頁面未找到</h1>",
        "<h1>Sorry!</h1><p>The page you requested was not found.</p>",
        "<p>此文章已被刪除</p>",
        "<p>此頁面已下架</p>",
        "<div>沒有此文章</div>",
        "<h2>網頁已失效</h2>",
        "<h2>未能找到相關內容</h2>",
    ],
)
@pytest.mark.parametrize("listing", ["", BLOCKS])
def test_an_error_page_is_told_by_what_it_says_of_itself(said: str, listing: str) -> None:
    """Whatever lists of articles stand below."""
    assert read(page(title="眾新聞", main=said, listing=listing, kind="website")).verdict is Verdict.SOFT_404


@pytest.mark.parametrize("title", ["此文章已被刪除", "查無此文章", "被下架的網頁", "登入", "會員專區"])
def test_an_article_about_such_pages_is_none_of_them(title: str) -> None:
    """It reads as an article, or its layout is unknown."""
    for body in (FIRST, f"<p>{title}</p>", f"<p>{title}</p><form><input type='password'></form>"):
        assert read(page(title=title, headline=heading(title), body=body)).verdict is Verdict.ARTICLE
    for text in (FIRST * 4, FIRST):
        unknown = page(title=title, main=f'<div class="story"><h1>{title}</h1><div>{text}</div></div>')
        assert read(unknown).verdict is Verdict.UNKNOWN_LAYOUT


def test_titles_in_a_list_say_nothing_of_the_list() -> None:
    """A listing whose articles are about what is not found or taken down."""
    items = "".join(f'<h2><a href="/article/{n}/x">{t}</a></h2>' for n, t in enumerate(("找不到工作", "文章被刪除"), 9))
    assert read(page(title="眾新聞", main=items, kind="website")).verdict is Verdict.LISTING


@pytest.mark.parametrize(
    "markup",
    [
        '<title>CitizenNews</title><p>Login</p><form><label>E-Mail</label><input type="password"></form>',
        '<title>CMS</title><form><label>Username</label><input><label>Password</label><input type="password"></form>',
        '<title>Sign In - CitizenNews</title><form><input type="email"><input type="password"></form>',
    ],
)
def test_a_page_with_little_but_a_password_field_is_a_login(markup: str) -> None:
    """Whatever it is called."""
    assert read(f"<html><body>{markup}</body></html>").verdict is Verdict.LOGIN


def test_a_page_that_is_called_a_login_is_one_whatever_it_lists() -> None:
    """The newest articles may stand below its form."""
    form = '<form><label>密碼</label><input type="password"></form>'
    assert read(page(title="會員登入", main=form, listing=BLOCKS * 4, kind="website")).verdict is Verdict.LOGIN


def test_a_list_with_a_password_field_is_a_list() -> None:
    """Each page of a site may have one in its head."""
    field = '<div class="modal"><form><label>Password</label><input type="password"></form></div>'
    assert read(page(title="眾新聞", main=field + BLOCKS, kind="website")).verdict is Verdict.LISTING


@pytest.mark.parametrize(
    "script",
    [
        'window.location.replace("https://www.hkcnews.com/")',
        "location.assign('https://www.hkcnews.com/')",
        'top.location.href = "https://www.hkcnews.com/"',
    ],
)
def test_a_script_that_leads_elsewhere_is_a_redirect(script: str) -> None:
    """However it says so; a text that quotes it is none."""
    reading = read(f"<html><script>{script}</script></html>")
    assert (reading.verdict, reading.detail) == (Verdict.REDIRECT_ELSEWHERE, "https://www.hkcnews.com/")
    quoted = read(f"<html><title>眾新聞</title><p>{script}</p></html>")
    assert quoted.verdict is not Verdict.REDIRECT_ELSEWHERE


def test_a_refresh_to_what_is_no_url_leads_elsewhere() -> None:
    """What cannot be made absolute is told as it stands."""
    reading = read('<html><head><meta http-equiv="refresh" content="0; url=http://[x"></head><body></body></html>')
    assert (reading.verdict, reading.detail) == (Verdict.REDIRECT_ELSEWHERE, "http://[x")


def test_listings_are_told_from_articles_of_an_unknown_make_up() -> None:
    """Both show lists of other articles; only one has a text or says that it is an article."""
    home = page(title="眾新聞", main="<div></div>" + BLOCKS, kind="website")
    assert read(home).verdict is Verdict.LISTING
    unknown = f'<div class="story"><h1>{TITLE}</h1><div class="prose">{FIRST * 4}</div></div>'
    for kind in ("article", "website"):
        assert read(page(main=unknown, kind=kind)).verdict is Verdict.UNKNOWN_LAYOUT


HEADS = "".join(
    f'<div class="hl-block"><a href="/article/{n}/x"><div class="slide-float-title">題{n}</div></a></div>'
    for n in (5, 6)
)
ENTRIES = "".join(f'<li><a href="/article/{n}/x">{FIRST}</a></li>' for n in range(7, 12))
HOME = f"<div></div>{BLOCKS}"
ONE = f'<div class="article-block"><a href="/article/7/x"><p>{FIRST}</p></a></div>'


@pytest.mark.parametrize(
    ("shown", "own"),
    [
        (HOME, "https://www.hkcnews.com"),
        (HOME, "https://www.hkcnews.com/"),
        (HEADS, "https://www.hkcnews.com/news"),
        (HOME, "https://hkcnews.com/news/12/政治"),
        (f"<h1>海旁散步</h1><p>{BIO}</p>{HOME}", "https://www.hkcnews.com/blogger/海旁散步-12"),
        (f"<h1>專題</h1>{FIRST * 3}{HOME}", "https://www.hkcnews.com/event/3"),
        (f"<ul>{ENTRIES}</ul>", "https://www.hkcnews.com/tag/渡輪"),
        (f"<h1>海旁散步</h1><p>{BIO}</p>{ONE}", "https://www.hkcnews.com/blogger/海旁散步-12"),
    ],
)
@pytest.mark.parametrize("kind", ["article", "website"])
def test_lists_under_an_articles_address_are_told_by_the_address_they_name(shown: str, own: str, kind: str) -> None:
    """Though ``og:type``, and here the body's id, say that they are articles; words of their own may stand there."""
    markup = page(title="眾新聞", main=shown, kind=kind, listing="").replace(f'"{URL}"', f'"{own}"')
    if kind != "article":
        markup = markup.replace("<head>", f'<head><meta property="og:url" content="{own}">')
    assert read(markup).verdict is Verdict.LISTING


def test_a_list_with_a_group_of_its_own_and_little_else_is_no_empty_article() -> None:
    """The address that it names is another page's, and it shows entries."""
    head = '<meta property="og:url" content="https://www.hkcnews.com/news">'
    assert read(f'{head}<div class="group">眾聞</div><h1>眾聞</h1>{BLOCKS}</html>').verdict is Verdict.LISTING


def test_an_article_that_speaks_of_errors_and_passwords_is_an_article() -> None:
    """Rules for other pages never apply to a page that reads as an article."""
    body = FIRST + "<p>404 not found，請登入</p><form><input type='password'></form><p>Just a moment...</p>"
    title = "404 Not Found：找不到的網頁"
    assert read(page(title=title, headline=heading(title), body=body)).verdict is Verdict.ARTICLE


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("errors/nginx-502-bad-gateway.html", Verdict.OUTAGE),
        ("errors/wayback-home-search-shell-2023.html", Verdict.OUTAGE),
        ("errors/wayback-landing-shell-2023.html", Verdict.OUTAGE),
        ("responses/test_get_memento_raises_blocked_error__0__200.html", Verdict.EXCLUDED),
        ("responses/test_get_memento_with_redirect_in_view_mode__0__200.html", Verdict.INTERSTITIAL),
        ("responses/test_get_memento_raises_no_memento_error__0__404.html", Verdict.NOT_ARCHIVED),
    ],
)
def test_recorded_pages_of_the_archive_are_known(name: str, verdict: Verdict) -> None:
    """What the archive really answered in place of a capture."""
    if not RECORDED.is_dir():
        pytest.skip("../shared/recordings is not here")
    body = (RECORDED / name).read_bytes()
    found = judge(body)
    assert found is not None
    assert found[0] is verdict
    assert read(body).verdict is verdict


def test_pages_of_the_site_are_not_the_archives() -> None:
    """Also when they speak of it."""
    body = FIRST + "<p>Internet Archive: Temporarily Offline</p><p>Wayback Machine</p>"
    assert read(page(body=body)).verdict is Verdict.ARTICLE
