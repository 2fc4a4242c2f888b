"""What a session takes from its surroundings: nothing."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from scraper.archive.connection import Session


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate of the server")
def test_tls_is_verified_and_its_keys_are_written_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`SSLKEYLOGFILE` of the environment is not obeyed; a certificate that nobody vouches for is refused."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *made, *names], check=True, capture_output=True)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.socket = served.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = Session("test", most_connections=1)
        url = f"https://localhost:{server.server_port}/"
        assert session.get(url, verify=str(certificate), timeout=20).text == "ok"
        with pytest.raises(requests.exceptions.SSLError):
            session.get(url.replace("localhost", "127.0.0.1"), verify=str(certificate), timeout=20)
        with pytest.raises(requests.exceptions.SSLError):
            Session("test", most_connections=1).get(url, timeout=20)
        server.shutdown()
    assert not (tmp_path / "keys.log").exists()
