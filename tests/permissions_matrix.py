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
    "home": each(302, 200),
}

ARGUMENTS: dict[str, dict] = {}
