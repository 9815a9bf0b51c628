"""Every route of the site, and what it answers on GET to each kind of person.

The columns are ``PEOPLE``; a row is written ``"name": (302, 200, …)`` or ``"name": each(302, 200)`` where all who are
signed in get the same. A route that takes arguments gives them in ``ARGUMENTS``; "client" there is the id of a client
of 52110-c1, "visa case" one of 52110-office, and so on (``tests/test_permissions.py`` makes them).
"""

PEOPLE = (
    "anonymous", "stranger", "counsellor elsewhere", "counsellor", "manager", "city officer", "shelter", "university",
    "province", "privacy officer", "system admin",
)  # fmt: skip


def each(anonymous: int, signed_in: int) -> tuple[int, ...]:
    return (anonymous, *[signed_in] * (len(PEOPLE) - 1))


EXPECTED: dict[str, tuple[int, ...]] = {
    "account_change_password": each(302, 200),
    "account_inactive": each(200, 200),
    "account_login": each(200, 302),
    "account_logout": each(302, 200),
    "account_reauthenticate": each(302, 200),
    "cases:activities": (302, 403, 200, 200, 200, 200, 200, 403, 200, 403, 403),
    "cases:activity": (302, 404, 404, 200, 200, 404, 404, 404, 404, 404, 404),
    "audit:access": each(302, 200),
    "audit:entries": each(302, 200),
    "cases:client": (302, 404, 404, 200, 200, 404, 404, 404, 404, 404, 404),
    "cases:client_find": each(302, 405),
    "cases:draft": (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    "cases:draft_discard": (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    "cases:draft_restore": each(302, 405),
    "cases:draft_save": each(302, 405),
    # The people here are officials, and a deadline is none's to see (tests/cases/test_deadline.py has the others).
    "cases:deadline_done": each(302, 405),
    "cases:deadline_later": each(302, 404),
    "cases:deadline_new": (302, 404, 404, 403, 403, 404, 404, 404, 404, 404, 404),
    "cases:search": (302, 403, 200, 200, 200, 200, 200, 200, 200, 403, 403),
    "cases:session": (302, 404, 404, 200, 200, 404, 404, 404, 404, 404, 404),
    "cases:session_new": (302, 403, 200, 200, 200, 403, 403, 403, 403, 403, 403),
    "cases:sessions": (302, 403, 200, 200, 200, 403, 403, 403, 403, 403, 403),
    "cases:clients": (302, 403, 200, 200, 200, 200, 200, 200, 200, 403, 403),
    "cases:stay": (302, 404, 404, 404, 404, 404, 200, 404, 404, 404, 404),
    "cases:stays": (302, 403, 403, 403, 403, 403, 200, 403, 403, 403, 403),
    # A file is for its owner alone: that of a counsellor of 52110-c1, asked for by others.
    "centers:export": each(302, 404),
    "centers:export_cancel": each(302, 405),
    "centers:export_download": each(302, 404),
    "centers:export_new": (302, 403, 200, 200, 200, 403, 403, 403, 403, 403, 403),
    "centers:exports": each(302, 200),
    "contrast": each(405, 405),
    "healthz": each(200, 200),
    "home": each(302, 200),
    "centers:account_new": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "centers:grant_end": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "centers:grant_new": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "centers:grants": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "centers:staff": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "kpi:evidence": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "kpi:figure": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "kpi:figure_enter": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "kpi:sheet": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "kpi:sheet_xlsx": (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "language": each(405, 405),
    "mfa_activate_totp": each(302, 302),
    "mfa_authenticate": each(302, 302),
    "mfa_deactivate_totp": each(302, 404),
    "mfa_download_recovery_codes": each(302, 404),
    "mfa_generate_recovery_codes": each(302, 302),
    "mfa_index": each(302, 200),
    "mfa_reauthenticate": each(302, 302),
    "mfa_view_recovery_codes": each(302, 404),
    "visas:board": (302, 403, 200, 200, 200, 200, 403, 200, 200, 403, 403),
    "visas:bulk": each(302, 405),
    "visas:case_back": (302, 404, 404, 404, 404, 403, 404, 404, 403, 404, 404),
    "visas:case_new": (302, 403, 200, 200, 200, 200, 403, 200, 403, 403, 403),
    "visas:case_step": (302, 404, 404, 404, 404, 200, 404, 404, 200, 404, 404),
    "visas:receipt": each(302, 404),
    "visas:case": (302, 404, 404, 404, 404, 200, 404, 404, 200, 404, 404),
    "visas:cases": (302, 403, 200, 200, 200, 200, 403, 200, 200, 403, 403),
    "visas:voucher": (302, 404, 404, 404, 404, 200, 404, 404, 200, 404, 404),
    "visas:vouchers": (302, 403, 200, 200, 200, 200, 403, 403, 200, 403, 403),
    "shortcuts": each(302, 405),
    "stay": each(200, 200),
}

ARGUMENTS: dict[str, dict] = {
    "cases:activity": {"pk": "activity"},
    "cases:client": {"pk": "client"},
    "cases:draft": {"token": "00000000-0000-4000-8000-000000000000"},
    "cases:draft_discard": {"token": "00000000-0000-4000-8000-000000000000"},
    "cases:draft_restore": {"token": "00000000-0000-4000-8000-000000000000"},
    "cases:deadline_done": {"pk": "deadline"},
    "cases:deadline_later": {"pk": "deadline"},
    "cases:deadline_new": {"pk": "session"},
    "cases:session": {"pk": "session"},
    "cases:stay": {"pk": "stay"},
    "centers:export": {"pk": "export"},
    "centers:export_cancel": {"pk": "export"},
    "centers:export_download": {"pk": "export"},
    "centers:export_new": {"code": "sessions"},
    "centers:grant_end": {"pk": "membership"},
    "kpi:evidence": {"key": "2025.session"},
    "kpi:figure": {"year": 2025, "code": "sister-exchange"},
    "kpi:figure_enter": {"year": 2025, "code": "sister-exchange"},
    "kpi:sheet": {"year": 2025},
    "kpi:sheet_xlsx": {"year": 2025},
    "visas:case_back": {"pk": "visa case"},
    "visas:case_step": {"pk": "visa case", "kind": "checked"},
    "visas:receipt": {"pk": "receipt"},
    "visas:case": {"pk": "visa case"},
    "visas:voucher": {"pk": "voucher"},
}
