"""Whether anybody real may be in a database: then nothing made up goes in, since the two never mix."""

import psycopg

from demo.synthetic.names import NATIONS

# What the names, counsellors and titles of everything synthetic say.
MARKS = ["%DEMO%", "%데모%", *sorted({f"%{nation.mark}%" for nation in NATIONS.values() if nation.mark})]
COUNSELLOR = "데모상담원%"
TITLE = "%(시연)"


def is_owner(owner: psycopg.Connection) -> bool:
    """Whether the role of the connection owns the tables: COPY into them is refused to any other."""
    answer = owner.execute(
        "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('cases_client')"
    ).fetchone()
    return bool(answer and answer[0])


def has_strangers(owner: psycopg.Connection) -> bool:
    """A client without a name that says it is a sample, or an anonymous session or activity without such a mark."""
    return owner.execute(
        """
        SELECT EXISTS (SELECT FROM cases_client c WHERE NOT EXISTS (
                         SELECT FROM cases_clientname n WHERE n.client_id = c.id AND n.text LIKE ANY (%s)))
            OR EXISTS (SELECT FROM cases_session s WHERE s.client_id IS NULL AND s.counsellor_name NOT LIKE %s)
            OR EXISTS (SELECT FROM cases_activity a WHERE a.title NOT LIKE %s)
        """,
        [MARKS, COUNSELLOR, TITLE],
    ).fetchone()[0]
