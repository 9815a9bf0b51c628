"""Every route of the site, and what it answers on GET to each kind of person.

The columns are ``PEOPLE``; a row is written ``"name": (302, 200, …)`` or ``"name": each(302, 200)`` where all who are
signed in get the same. A route that takes arguments gives them in ``ARGUMENTS``; "client" there is the id of a client
of 52110-c1, and so on (``tests/test_permissions.py`` makes them).
"""

PEOPLE = (
    "anonymous", "stranger", "counsellor elsewhere", "counsellor", "manager", "city officer", "shelter", "university",
    "province", "privacy officer", "system admin",
)  # fmt: skip


def each(anonymous: int, signed_in: int) -> tuple[int, ...]:
    return (anonymous, *[signed_in] * (len(PEOPLE) - 1))


EXPECTED: dict[str, tuple[int, ...]] = {
    "home": (302, 200, 302, 302, 302, 200, 200, 200, 302, 200, 200),
    "language": (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    "healthz": (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "account_login": (200, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "account_logout": (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "account_inactive": (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "account_reauthenticate": (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "account_change_password": (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "mfa_index": (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "mfa_authenticate": (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "mfa_reauthenticate": (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "mfa_activate_totp": (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "mfa_deactivate_totp": (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    "mfa_view_recovery_codes": (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    "mfa_generate_recovery_codes": (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "mfa_download_recovery_codes": (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    "kpi:sheet": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "kpi:sheet_xlsx": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "kpi:evidence": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "cases:sessions": (302, 403, 200, 200, 200, 403, 403, 403, 403, 403, 403),
    "cases:session": (302, 404, 404, 200, 200, 404, 404, 404, 404, 404, 404),
    "cases:client": (302, 404, 404, 200, 200, 404, 404, 404, 404, 404, 404),
}

ARGUMENTS: dict[str, dict] = {
    "kpi:sheet": {"year": 2025},
    "kpi:sheet_xlsx": {"year": 2025},
    "kpi:evidence": {"year": 2025, "key": "counselling/sessions"},
    "cases:session": {"pk": "session"},
    "cases:client": {"pk": "client"},
}
