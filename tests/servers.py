"""A plugin of the test run: the real PostgreSQL and Redis, up before Django reads its settings."""

import os
from pathlib import Path

os.environ.setdefault("SETTLEMENT_STATE", str(Path(__file__).parents[1] / "var" / "test"))
# What is tested is never worth a disk flush.
os.environ.setdefault("SETTLEMENT_POSTGRES_OPTIONS", "-c fsync=off -c synchronous_commit=off -c full_page_writes=off")
os.environ.pop("LANGUAGE_CODE", None)

from config import servers

if not os.environ.get("DATABASE_URL"):
    servers.start(redis=True)
