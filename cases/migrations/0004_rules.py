"""Rules that span rows: dates against today and the centre, rooms and who shares them."""

from django.db import migrations

from centers.walls import app_role, function, on_statement


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_wall")]
    operations = [
        on_statement("cases_session", "not_in_the_future", "wall.refuse_future", arguments=["held_on"]),
        on_statement("cases_activity", "not_in_the_future", "wall.refuse_future", arguments=["held_on"]),
        on_statement(
            "cases_stay", "not_in_the_future", "wall.refuse_future", arguments=["checked_in_on", "checked_out_on"]
        ),
        on_statement("cases_familylink", "not_in_the_future", "wall.refuse_future", arguments=["entered_on", "settled_on"]),
        # Codes of many rows in one pass. The arguments are columns and what they point to: language_id=cases_language.code.
        function(
            "wall.codes_are_known()",
            """
            DECLARE
              tests text;
              unknown boolean;
            BEGIN
              SELECT string_agg(format('n.%I NOT IN (SELECT %I FROM %I)', split_part(pair, '=', 1), split_part(pair, '.', 2),
                                       split_part(split_part(pair, '=', 2), '.', 1)), ' OR ')
                INTO tests FROM unnest(TG_ARGV) AS pair;
              EXECUTE format('SELECT EXISTS (SELECT FROM new_rows n WHERE %s)', tests) INTO unknown;
              IF unknown THEN
                RAISE EXCEPTION 'a code is not known'
                  USING ERRCODE = '23503', CONSTRAINT = 'code_is_known', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        on_statement(
            "cases_session",
            "codes",
            "wall.codes_are_known",
            arguments=[
                "workspace_id=centers_workspace.id",
                "programme_id=centers_supportprogramme.code",
                "language_id=cases_language.code",
                "channel_id=cases_channel.code",
                "topic_id=cases_topic.code",
                "caller_id=cases_caller.code",
                "interpretation_id=cases_interpretation.code",
                "outcome_id=cases_outcome.code",
                "nationality_id=cases_country.code",
                "status_id=cases_statuscode.code",
                "sex_id=cases_sex.code",
            ],
        ),
        # What is checked by statement and not by key may not be taken away under the rows.
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE ON cases_language, cases_channel, cases_topic, cases_caller, cases_interpretation,
              cases_outcome, cases_country, cases_statuscode, cases_sex FROM {app_role()};
            REVOKE DELETE ON centers_workspace, centers_supportprogramme FROM {app_role()};
            """,
            migrations.RunSQL.noop,
        ),
        function(
            "wall.session_within_operation()",
            """
            BEGIN
              IF EXISTS (
                SELECT FROM new_rows s JOIN centers_workspace w ON w.id = s.workspace_id
                 WHERE w.counts_from IS NULL OR s.held_on < w.counts_from OR s.held_on > w.ended_on
              ) THEN
                RAISE EXCEPTION 'a session lies outside the time its centre counts'
                  USING ERRCODE = '23514', CONSTRAINT = 'session_within_operation', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("cases_session", "within_operation", "wall.session_within_operation"),
        # Two people are of one household where one came with the other, or both with the same third.
        function(
            "wall.one_household(one bigint, other bigint)",
            """
            SELECT EXISTS (
              SELECT FROM (SELECT h.principal_person_id AS head FROM cases_familylink f
                             JOIN cases_household h ON h.id = f.household_id WHERE f.person_id = one
                           UNION ALL SELECT one) a
              JOIN (SELECT h.principal_person_id AS head FROM cases_familylink f
                      JOIN cases_household h ON h.id = f.household_id WHERE f.person_id = other
                    UNION ALL SELECT other) b USING (head))
            """,
            returns="boolean",
            language="sql",
            definer=True,
            private=True,
            traits="STABLE",
        ),
        # Who may sleep where. The room is locked first, so that two arrivals at once see each other.
        function(
            "wall.stay_fits_its_room()",
            """
            DECLARE
              room centers_room;
              place centers_bed;
              sex text;
              stay_nights daterange := daterange(NEW.checked_in_on, NEW.checked_out_on, '[)');
              problem text;
            BEGIN
              IF NEW.voided_at IS NOT NULL OR isempty(stay_nights) THEN
                RETURN NULL;
              END IF;
              SELECT * INTO STRICT place FROM centers_bed WHERE id = NEW.bed_id;
              SELECT * INTO STRICT room FROM centers_room WHERE id = place.room_id FOR NO KEY UPDATE;
              SELECT sex_id INTO sex FROM cases_client WHERE id = NEW.client_id;
              IF room.workspace_id <> NEW.workspace_id THEN
                problem := 'stay_in_its_own_shelter';
              ELSIF NOT daterange(place.in_service_from, place.in_service_to, '[)') @> stay_nights THEN
                problem := 'stay_while_the_bed_is_in_service';
              ELSIF room.sex_rule = 'men' AND sex IS DISTINCT FROM 'male'
                 OR room.sex_rule = 'women' AND sex IS DISTINCT FROM 'female' THEN
                problem := 'stay_by_the_rule_of_the_room';
              ELSIF EXISTS (
                SELECT FROM cases_stay other
                  JOIN centers_bed b ON b.id = other.bed_id AND b.room_id = room.id
                  JOIN cases_client c ON c.id = other.client_id
                 WHERE other.id <> NEW.id AND other.voided_at IS NULL
                   AND daterange(other.checked_in_on, other.checked_out_on, '[)') && stay_nights
                   AND (c.sex_id IS NULL OR c.sex_id IS DISTINCT FROM sex)
                   AND NOT wall.one_household(other.person_id, NEW.person_id)
              ) THEN
                problem := 'stay_by_the_rule_of_the_room';
              END IF;
              IF problem IS NOT NULL THEN
                RAISE EXCEPTION 'a stay does not fit its room'
                  USING ERRCODE = '23514', CONSTRAINT = problem, TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE CONSTRAINT TRIGGER fits_its_room
              AFTER INSERT OR UPDATE OF bed_id, client_id, person_id, checked_in_on, checked_out_on, voided_at
              ON cases_stay DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION wall.stay_fits_its_room();
            """,
            "DROP TRIGGER fits_its_room ON cases_stay",
        ),
        # Another sex may put a client into a room that is not theirs: their stays are looked at again.
        function(
            "wall.fit_rooms_again()",
            """
            BEGIN
              UPDATE cases_stay SET client_id = client_id WHERE client_id = NEW.id AND voided_at IS NULL;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER fit_rooms_again AFTER UPDATE OF sex_id ON cases_client
              FOR EACH ROW WHEN (OLD.sex_id IS DISTINCT FROM NEW.sex_id) EXECUTE FUNCTION wall.fit_rooms_again();
            """,
            "DROP TRIGGER fit_rooms_again ON cases_client",
        ),
    ]
