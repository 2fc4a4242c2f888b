"""The service's own pages: what it says when it gives no archived content. Our words, built like the recorded ones."""

from __future__ import annotations

from html import escape


def _shell(title: str, middle: str) -> bytes:
    return f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <title>{title}</title>
    <script src="//archive.org/includes/athena.js" type="text/javascript"></script>
    <link href="/_static/css/styles.css" rel="stylesheet" type="text/css"/>
  </head>
  <body class="navia">
    <div class="ia-banners"></div>
    <form id="searchForm" action="/web/submit"><input name="url" value=""></form>
{middle}
    <footer><div id="footerHome"><p>The Wayback Machine is run by the Internet Archive.</p></div></footer>
  </body>
</html>
""".encode()


def not_archived(url: str) -> bytes:
    """Return the page of a URL that was never archived (status 404)."""
    shown = escape(url)
    return _shell(
        "Wayback Machine",
        f"""<div id="error">
<h2>Hrm.</h2>
<p>The Wayback Machine has not archived that URL.</p>
<p>Look for pages <a href="/web/*/{shown}*">under {shown}</a>.</p>
</div>""",
    )


def excluded() -> bytes:
    """Return the page of a URL that its owner had taken out (status 200)."""
    return _shell(
        "Wayback Machine",
        """<div id="error">
  <h2>Sorry.</h2>
  <p>This URL has been excluded from the Wayback Machine.</p>
</div>""",
    )


def interstitial(url: str, moment: str, status: int, target: str, link: str) -> bytes:
    """Return the page that view mode shows for an archived redirect (status 200)."""
    return _shell(
        "",
        f"""<div id="error">
  <p class="code">Loading...</p>
  <p class="code shift target">{escape(url)} | {moment}</p>
  <p class="code shift red">Got an HTTP {status} response at crawl time</p>
  <p class="code">Redirecting to...</p>
  <p class="code shift target">{escape(target)}</p>
  <p class="impatient"><a href="{escape(link)}">Impatient?</a></p>
</div>""",
    )


def landing() -> bytes:
    """Return the home page, which at times comes back instead of a page (status 200)."""
    return _shell("Wayback Machine", '<div id="react-wayback-search"><h2>Explore saved web pages</h2></div>')


def outage() -> bytes:
    """Return the page shown while the service is down."""
    return b"""<!DOCTYPE html>
<html lang="en">
<head><title>Internet Archive: Temporarily Offline</title></head>
<body><div class="container"><h1>Temporarily Offline</h1>
<p>Internet Archive services are temporarily offline.</p>
<p>Please check our official accounts for the latest information.</p></div></body>
</html>
"""


def gateway(status: int, reason: str) -> bytes:
    """Return the bare page of the server in front."""
    lines = (
        f"<html>\n<head><title>{status} {reason}</title></head>\n<body>\n"
        f"<center><h1>{status} {reason}</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n"
    )
    return lines.replace("\n", "\r\n").encode()


def too_many() -> bytes:
    """Return the page of a refusal for too many requests."""
    return (
        b"<html><body><h1>429 Too Many Requests</h1>\n"
        b"You have sent too many requests in a given amount of time.\n</body></html>\n"
    )


def suspected_abuse() -> bytes:
    """Return the page of an address that was flagged."""
    return _shell("Wayback Machine", "<p>Your address was flagged as suspected abusive traffic. Come back later.</p>")


def blocked_site() -> bytes:
    """Return the CDX server's words about a blocked site (status 403)."""
    return (
        b"org.archive.util.io.RuntimeIOException: "
        b"org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error\n\n"
    )
