"""Documents made up for the audit's tests."""

LONG = "海濱長廊今早開放，街坊帶同小朋友前來散步，工程部門表示餘下路段會分階段完成。" * 3


def document(content: str = LONG, *, number: int = 1234, title: str = "海濱長廊開放", **fields: str) -> bytes:
    """Return a document of the form, with whatever content and fields."""
    original = f"https://www.hkcnews.com/article/{number}/harbour"
    values = {
        "title": title, "date": "2019-04-05", "author": "陳大文", "category": "眾聞",
        "url": f"https://web.archive.org/web/20200102030405/{original}", "original_url": original,
    } | fields  # fmt: skip
    front = "".join(f'{name}: "{value}"\n' for name, value in values.items())
    return f"---\n{front}---\n\n# {values['title']}\n\n{content}\n".encode()
