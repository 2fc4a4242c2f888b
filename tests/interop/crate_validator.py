"""Prints, as JSON, what rocrate-validator finds in a crate; run by check_bag.py with the Python of `make interop`.

The archive of the Web is not asked: the context of RO-Crate comes from a cache, which is filled here with the copy that
the library `rocrate` brings.
"""

import io
import json
import sys
from pathlib import Path

from requests import Request, Response
from requests_cache import CachedSession
from rocrate_validator import models, services
from urllib3 import HTTPResponse

context, crate, cache = sys.argv[1:]
session = CachedSession(cache, expire_after=-1)
accept = {"Accept": "application/ld+json, application/json"}
answer = Response()
answer.request = session.prepare_request(Request("GET", "https://w3id.org/ro/crate/1.1/context", headers=accept))
answer.url, answer.status_code = answer.request.url, 200
answer._content = Path(context).read_bytes()
answer.headers["Content-Type"] = "application/ld+json"
answer.raw = HTTPResponse(io.BytesIO(answer._content), answer.headers, 200, preload_content=False)
session.cache.save_response(answer)

settings = services.ValidationSettings(
    rocrate_uri=crate,
    profile_identifier="ro-crate-1.1",
    requirement_severity=models.Severity.RECOMMENDED,
    offline=True,
    cache_path=cache,
)
found = services.validate(settings).get_issues()
print(json.dumps([[issue.severity.name, issue.message] for issue in found]))
