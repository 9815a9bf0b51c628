"""Ends with 0 when the web process answers GET /healthz with 200.

It speaks as the proxy would: by a name the application answers to, and as HTTPS, or it would be refused or redirected.
"""

import http.client
import os
import sys

host = os.environ.get("SETTLEMENT_HOSTS", "localhost").split(",")[0].strip().removeprefix(".")
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"healthz: {error}")
if status != http.client.OK:
    sys.exit(f"healthz: {status}")
