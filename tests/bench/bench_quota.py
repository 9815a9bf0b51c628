"""200 simultaneous claims on 50 places, each in a transaction of its own and under the scope of its workspace."""

import os
from time import perf_counter

from django.db import connections

from tests import databases
from tests.support import as_owner, crowd
from tests.visas.test_quota import claim, make_claimants, make_quota, state

CLAIMS, PLACES = 200, 50
REPEATS = int(os.environ.get("BENCH_QUOTA_REPEATS", "1000"))
DATABASE = "settlement_bench_quota"


def run() -> list[str]:
    before = connections["default"].settings_dict["NAME"]
    databases.clone(DATABASE)
    databases.use(DATABASE)
    try:
        return _run()
    finally:
        connections.close_all()
        databases.use(before)
        databases.discard(DATABASE)


def _run() -> list[str]:
    wrong, seconds = 0, []
    with as_owner(DATABASE) as owner, crowd(CLAIMS) as at_once:
        claimants = make_claimants(owner, CLAIMS)
        for _again in range(REPEATS + 1):
            make_quota(owner, PLACES)
            begun = perf_counter()
            answers = at_once(claim, claimants)
            seconds.append(perf_counter() - begun)
            exact = answers.count("taken") == PLACES and answers.count("quota_not_exceeded") == CLAIMS - PLACES
            wrong += not exact or state() != (PLACES, PLACES)
    total = sum(seconds[1:])  # the first opens the connections
    return [
        f"{CLAIMS} claims on {PLACES} places from {CLAIMS} connections, {REPEATS} times: "
        f"{'exactly ' + str(PLACES) + ' each time' if not wrong else f'WRONG {wrong} times'}, "
        f"{CLAIMS * REPEATS / total:.0f} claims/s (bar: 100), slowest round {max(seconds[1:]) * 1000:.0f} ms"
    ]
