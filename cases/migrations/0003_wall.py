"""Row security, composite keys and the functions that find and join identities."""

from django.db import migrations

from centers.walls import client_triple, function, sealed, shared_by_trigger, wall

PEOPLE = {"view": "view_clients", "work": "work_clients"}
COUNSELLING = {"view": "view_sessions", "work": "work_sessions"}
STAYS = {"view": "view_stays", "work": "work_stays"}


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial"), ("centers", "0002_wall")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE cases_client
              ADD CONSTRAINT client_of_workspace UNIQUE (id, workspace_id),
              ADD CONSTRAINT client_of_workspace_and_person UNIQUE (id, workspace_id, person_id),
              ADD CONSTRAINT client_has_an_identity FOREIGN KEY (person_id) REFERENCES cases_person (id);
            ALTER TABLE cases_session ADD CONSTRAINT session_of_workspace UNIQUE (id, workspace_id);
            ALTER TABLE cases_stay ADD CONSTRAINT stay_of_workspace UNIQUE (id, workspace_id);
            ALTER TABLE cases_sessionissue ADD CONSTRAINT session_issue_is_of_the_workspace
              FOREIGN KEY (session_id, workspace_id) REFERENCES cases_session (id, workspace_id) ON DELETE CASCADE;
            ALTER TABLE cases_household ADD CONSTRAINT household_of_workspace UNIQUE (id, workspace_id);
            ALTER TABLE cases_familylink ADD CONSTRAINT family_link_is_of_the_workspace
              FOREIGN KEY (household_id, workspace_id) REFERENCES cases_household (id, workspace_id);
            ALTER TABLE cases_client ADD CONSTRAINT client_is_merged_within_its_workspace
              FOREIGN KEY (merged_into_id, workspace_id) REFERENCES cases_client (id, workspace_id);
            ALTER TABLE cases_stayleave ADD CONSTRAINT stay_leave_is_of_the_workspace
              FOREIGN KEY (stay_id, workspace_id) REFERENCES cases_stay (id, workspace_id);
            """,
            migrations.RunSQL.noop,
        ),
        client_triple("cases_clientname", person=""),
        client_triple("cases_contact", person=""),
        client_triple("cases_identifier", person=""),
        client_triple("cases_household", client="principal_id", person="principal_person_id"),
        client_triple("cases_familylink"),
        client_triple("cases_session"),
        client_triple("cases_stay"),
        wall("cases_client", **PEOPLE, shared=True, history=True),
        wall("cases_clientname", **PEOPLE, deletable=True, history=True),
        wall("cases_contact", **PEOPLE, deletable=True, history=True),
        wall("cases_identifier", **PEOPLE, deletable=True, history=True),
        wall("cases_household", **PEOPLE),
        wall("cases_familylink", **PEOPLE, history=True),
        wall("cases_clientmerge", **PEOPLE),
        wall("cases_session", **COUNSELLING, history=True),
        wall("cases_sessionissue", **COUNSELLING, deletable=True, history=True),
        wall(
            "cases_activity", view="view_activities", work="work_activities", review="accept_activities", history=True
        ),
        wall("cases_stay", **STAYS, history=True),
        wall("cases_stayleave", **STAYS, deletable=True, history=True),
        sealed("cases_person"),
        sealed("cases_personkey"),
        sealed("cases_personjoin"),
        # Who else reads a row is worked out by functions of the wall, and never said by the application.
        function(
            "wall.keep_shared()",
            """
            BEGIN
              IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
                NEW.shared_with := CASE WHEN TG_OP = 'INSERT' THEN '{}'::int[] ELSE OLD.shared_with END;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        shared_by_trigger("cases_client"),
        # Identities by their keyed hashes, one for each element and in its order; a null element and an
        # unknown hash give a new identity. Rows that give the same hash are one person, whoever holds the file.
        function(
            "wall.persons_for(digests bytea[])",
            """
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtext('cases_personkey'));
              WITH missing AS (
                SELECT d AS digest, nextval(pg_get_serial_sequence('cases_person', 'id')) AS id
                  FROM (SELECT DISTINCT unnest(digests) AS d) wanted
                 WHERE d IS NOT NULL AND NOT EXISTS (SELECT FROM cases_personkey k WHERE k.digest = d)
              ), made AS (
                INSERT INTO cases_person (id) SELECT id FROM missing
              )
              INSERT INTO cases_personkey (person_id, digest) SELECT id, missing.digest FROM missing;
              RETURN QUERY
                WITH wanted AS MATERIALIZED (
                  SELECT w.place, w.digest,
                         CASE WHEN w.digest IS NULL THEN nextval(pg_get_serial_sequence('cases_person', 'id')) END AS id
                    FROM unnest(digests) WITH ORDINALITY AS w (digest, place)
                ), made AS (
                  INSERT INTO cases_person (id) SELECT w.id FROM wanted w WHERE w.id IS NOT NULL
                )
                SELECT w.place::int, coalesce(w.id, k.person_id)
                  FROM wanted w LEFT JOIN cases_personkey k ON k.digest = w.digest
                 ORDER BY w.place;
            END
            """,
            returns="TABLE (place int, person_id bigint)",
            definer=True,
        ),
        # Whether the running scope works on a file of this identity; the whole province works on all.
        function(
            "wall.works_on(person bigint)",
            """
            SELECT wall.whole('work_clients') OR EXISTS (
              SELECT FROM cases_client c
               WHERE c.person_id = person AND c.workspace_id = ANY (wall.scope('work_clients')))
            """,
            returns="boolean",
            language="sql",
            definer=True,
            private=True,
            traits="STABLE",
        ),
        # The identities that hold these hashes; nothing is made and nothing else is told.
        function(
            "wall.known_persons(digests bytea[])",
            "SELECT k.digest, k.person_id FROM cases_personkey k WHERE k.digest = ANY (digests)",
            returns="TABLE (digest bytea, person_id bigint)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        # Adds a hash to an identity; answers the identity that holds it (another one, if it was taken).
        function(
            "wall.name_person(person bigint, hash bytea)",
            """
            DECLARE
              holder bigint;
            BEGIN
              IF NOT wall.works_on(person) AND EXISTS (SELECT FROM cases_client c WHERE c.person_id = person) THEN
                RAISE EXCEPTION 'the identity is of other workspaces' USING ERRCODE = '42501';
              END IF;
              PERFORM pg_advisory_xact_lock(hashtext('cases_personkey'));
              SELECT k.person_id INTO holder FROM cases_personkey k WHERE k.digest = hash;
              IF holder IS NULL THEN
                INSERT INTO cases_personkey (person_id, digest) VALUES (person, hash);
                holder := person;
              END IF;
              RETURN holder;
            END
            """,
            returns="bigint",
            definer=True,
        ),
        # Two identities are one human being: the files stay where they are and point to the one that is kept.
        # Records follow their client by key, so "once per person" is checked again where it matters.
        function(
            "wall.join_persons(kept bigint, absorbed bigint)",
            """
            DECLARE
              answer bigint;
            BEGIN
              IF NOT wall.works_on(kept) OR NOT wall.works_on(absorbed) THEN
                RAISE EXCEPTION 'an identity is of other workspaces' USING ERRCODE = '42501';
              END IF;
              IF kept = absorbed THEN
                RAISE EXCEPTION 'one identity' USING ERRCODE = '23514', CONSTRAINT = 'person_join_takes_two';
              END IF;
              -- Nobody opens a file for the one that gives way between finding it and now.
              PERFORM pg_advisory_xact_lock(hashtext('cases_personkey'));
              PERFORM FROM cases_person WHERE id IN (kept, absorbed) ORDER BY id FOR UPDATE;
              INSERT INTO cases_personjoin (kept_id, absorbed_id, clients, keys, joined_at)
              SELECT kept, absorbed,
                     coalesce((SELECT array_agg(id ORDER BY id) FROM cases_client WHERE person_id = absorbed), '{}'),
                     coalesce((SELECT array_agg(id ORDER BY id) FROM cases_personkey WHERE person_id = absorbed), '{}'),
                     now()
              RETURNING id INTO answer;
              UPDATE cases_client SET person_id = kept WHERE person_id = absorbed;
              UPDATE cases_personkey SET person_id = kept WHERE person_id = absorbed;
              RETURN answer;
            END
            """,
            returns="bigint",
            definer=True,
        ),
        function(
            "wall.part_persons(join_id bigint)",
            """
            DECLARE
              was cases_personjoin;
              here bigint[];
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtext('cases_personkey'));
              SELECT * INTO STRICT was FROM cases_personjoin WHERE id = join_id AND parted_at IS NULL FOR UPDATE;
              here := wall.scope('work_clients');
              IF NOT wall.whole('work_clients') AND NOT (
                   EXISTS (SELECT FROM cases_client c WHERE c.id = ANY (was.clients) AND c.workspace_id = ANY (here))
                   AND EXISTS (SELECT FROM cases_client c WHERE c.person_id = was.kept_id
                                  AND c.id <> ALL (was.clients) AND c.workspace_id = ANY (here))) THEN
                RAISE EXCEPTION 'an identity is of other workspaces' USING ERRCODE = '42501';
              END IF;
              -- What was joined last is parted first, else files would come back to an identity that is gone.
              IF EXISTS (SELECT FROM cases_personjoin j WHERE j.parted_at IS NULL AND j.id > was.id
                            AND (was.kept_id IN (j.absorbed_id, j.kept_id) OR was.absorbed_id IN (j.absorbed_id, j.kept_id))) THEN
                RAISE EXCEPTION 'a later join stands on this one'
                  USING ERRCODE = '23514', CONSTRAINT = 'person_join_parted_last_first', TABLE = 'cases_personjoin';
              END IF;
              UPDATE cases_client SET person_id = was.absorbed_id
               WHERE id = ANY (was.clients) AND person_id = was.kept_id;
              UPDATE cases_personkey SET person_id = was.absorbed_id WHERE id = ANY (was.keys);
              UPDATE cases_personjoin SET parted_at = now() WHERE id = join_id;
            END
            """,
            returns="void",
            definer=True,
        ),
    ]
