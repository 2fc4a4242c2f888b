"""Records of invented pages, written by hand so that they can be wrong."""

URL = "https://www.hkcnews.com/article/{}/a"
PAGE = "<html><h1>測試</h1></html>".encode()


def record(
    block: bytes, kind: str = "response", number: int = 1, date: str = "2020-01-02T03:04:05Z", **headers: str | None
) -> bytes:
    fields = {"WARC-Type": kind, "WARC-Target-URI": URL.format(number), "WARC-Date": date,
              "WARC-Record-ID": f"<urn:uuid:{number}>", "Content-Length": str(len(block))}  # fmt: skip
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def http(payload: bytes = PAGE, head: bytes = b"Content-Type: text/html") -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + payload
