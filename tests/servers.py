"""A plugin of the test run: the real PostgreSQL and Redis, up before Django reads its settings."""

import os
from pathlib import Path

os.environ.setdefault("SETTLEMENT_STATE", str(Path(__file__).parents[1] / "var" / "test"))
# What is tested is never worth a disk flush.
os.environ.setdefault("SETTLEMENT_POSTGRES_OPTIONS", "-c fsync=off -c synchronous_commit=off -c full_page_writes=off")
os.environ.pop("LANGUAGE_CODE", None)
# Where collected static files would be; whitenoise warns of its absence, and a warning is an error here.
(Path(__file__).parents[1] / "staticfiles").mkdir(exist_ok=True)

from config import servers

if not os.environ.get("DATABASE_URL"):
    servers.start(redis=True)
    # A queue of each test worker's own: what one sends, another's worker does not take.
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    os.environ["REDIS_URL"] += f"?virtual_host={number}"
