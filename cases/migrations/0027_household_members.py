"""Who belongs to a household can be taken out of it: what was on record stays in the history."""

from django.db import migrations

from centers.walls import deletable, function, on_statement


class Migration(migrations.Migration):

    dependencies = [("cases", "0026_closed_months")]

    operations = [
        deletable("cases_familylink", work="work_clients"),
        # Who has settled is counted in the figures: the day is corrected before the member goes.
        function(
            "wall.keep_settled_members()",
            """
            BEGIN
              IF EXISTS (SELECT FROM old_rows WHERE settled_on IS NOT NULL) THEN
                RAISE EXCEPTION 'a member who has settled'
                  USING ERRCODE = '23514', CONSTRAINT = 'family_link_settled_stays', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        on_statement("cases_familylink", "settled_stays", "wall.keep_settled_members", events=("DELETE",)),
        function(
            "wall.nobody_depends_on_themselves()",
            """
            BEGIN
              IF EXISTS (SELECT FROM new_rows n JOIN cases_household h ON h.id = n.household_id
                          WHERE h.principal_id = n.client_id) THEN
                RAISE EXCEPTION 'a principal as their own dependant'
                  USING ERRCODE = '23514', CONSTRAINT = 'family_link_of_two_people', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("cases_familylink", "of_two_people", "wall.nobody_depends_on_themselves"),
    ]
