"""Likely files of one person: what they are found by, the queue of pairs, and two files made one."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import client_triple, function, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_name_sounds'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='client',
            index=models.Index(fields=['workspace', 'birth_date'], name='client_by_birth'),
        ),
        migrations.AddIndex(
            model_name='identifier',
            index=models.Index(fields=['digest'], name='identifier_by_digest'),
        ),
        # A number that was corrected or taken away leads to its person no more, unless another file still has it.
        function(
            "wall.forget_number(person bigint, hash bytea)",
            """
            BEGIN
              IF NOT wall.works_on(person) THEN
                RAISE EXCEPTION 'the identity is of other workspaces' USING ERRCODE = '42501';
              END IF;
              PERFORM pg_advisory_xact_lock(hashtext('cases_personkey'));
              DELETE FROM cases_personkey k
               WHERE k.digest = hash AND k.person_id = person
                 AND NOT EXISTS (SELECT FROM cases_identifier i WHERE i.digest = hash);
            END
            """,
            returns="void",
            definer=True,
        ),
        migrations.AddIndex(
            model_name='clientmerge',
            index=models.Index(fields=['kept_id'], name='merge_by_kept'),
        ),
        migrations.CreateModel(
            name='DuplicateCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(verbose_name='likeness')),
                ('why', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('open', 'To be looked at'), ('different', 'Not the same person'), ('merged', 'Merged')], default='open', max_length=10, verbose_name='state')),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('second', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'likely pair',
                'verbose_name_plural': 'likely pairs',
                'indexes': [models.Index(fields=['workspace', 'state', '-score', 'id'], name='pair_by_likeness'), models.Index(fields=['second'], name='pair_by_second')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='pair_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='pair_in_order'), models.CheckConstraint(condition=models.Q(('score__lte', 100)), name='pair_likeness_in_hundredths')],
            },
        ),
        client_triple("cases_duplicatecandidate", client="first_id", person=""),
        client_triple("cases_duplicatecandidate", client="second_id", person=""),
        wall("cases_duplicatecandidate", view="work_clients", work="work_clients"),
        # Where the rows of a file lie: the tables with a composite key to it, whichever app they are of. A pair of
        # files is no row of either.
        function(
            "wall.places_of_files()",
            """
            SELECT t.relname::text, a.attname::text
              FROM pg_constraint c
              JOIN pg_class t ON t.oid = c.conrelid
              JOIN pg_attribute a ON a.attrelid = c.conrelid
               AND a.attnum = c.conkey[array_position(
                     c.confkey, (SELECT i.attnum FROM pg_attribute i WHERE i.attrelid = c.confrelid AND i.attname = 'id'))]
             WHERE c.contype = 'f' AND c.confrelid = 'cases_client'::regclass
               AND t.relname NOT IN ('cases_client', 'cases_duplicatecandidate')
             GROUP BY 1, 2 ORDER BY 1, 2
            """,
            returns="TABLE (place text, key text)",
            language="sql",
            definer=True,
            private=True,
            traits="STABLE",
        ),
        function(
            "wall.works_on_file(file bigint)",
            """
            SELECT EXISTS (SELECT FROM cases_client c WHERE c.id = file
                              AND (wall.whole('work_clients') OR c.workspace_id = ANY (wall.scope('work_clients'))))
            """,
            returns="boolean",
            language="sql",
            definer=True,
            private=True,
            traits="STABLE",
        ),
        # How many rows hang on each of these files, by table.
        function(
            "wall.rows_of_files(files bigint[])",
            """
            DECLARE
              piece record;
            BEGIN
              IF EXISTS (SELECT FROM unnest(files) AS f WHERE NOT wall.works_on_file(f)) THEN
                RAISE EXCEPTION 'a file is of another workspace' USING ERRCODE = '42501';
              END IF;
              FOR piece IN SELECT * FROM wall.places_of_files() LOOP
                RETURN QUERY EXECUTE format(
                  'SELECT t.%1$I, %2$L, count(*) FROM %2$I t WHERE t.%1$I = ANY ($1) GROUP BY 1', piece.key, piece.place)
                  USING files;
              END LOOP;
            END
            """,
            returns="TABLE (file bigint, place text, many bigint)",
            definer=True,
        ),
        # One file takes in the other. What the kept file has in the same words, or can have once, stays where it is:
        # a name, a telephone number, a number of the state, being the principal.
        function(
            "wall.merge_files(kept bigint, absorbed bigint)",
            """
            DECLARE
              one cases_client;
              other cases_client;
              piece record;
              stays text;
              both_there text;
              ids bigint[];
              moved jsonb := '[]';
              filled jsonb;
              joined bigint;
              answer bigint;
              head bigint;
              headless bigint;
            BEGIN
              IF NOT wall.works_on_file(kept) OR NOT wall.works_on_file(absorbed) THEN
                RAISE EXCEPTION 'a file is of another workspace' USING ERRCODE = '42501';
              END IF;
              PERFORM FROM cases_client WHERE id IN (kept, absorbed) ORDER BY id FOR UPDATE;
              SELECT * INTO STRICT one FROM cases_client WHERE id = kept;
              SELECT * INTO STRICT other FROM cases_client WHERE id = absorbed;
              IF kept = absorbed OR one.workspace_id <> other.workspace_id THEN
                RAISE EXCEPTION 'not two files of one workspace'
                  USING ERRCODE = '23514', CONSTRAINT = 'merge_takes_two_of_one_workspace';
              END IF;
              IF one.merged_into_id IS NOT NULL OR other.merged_into_id IS NOT NULL THEN
                RAISE EXCEPTION 'a file was merged away' USING ERRCODE = '23514', CONSTRAINT = 'merge_of_files_that_live';
              END IF;
              IF EXISTS (SELECT FROM cases_familylink f JOIN cases_household h ON h.id = f.household_id
                          WHERE (h.principal_id, f.client_id) IN ((kept, absorbed), (absorbed, kept))) THEN
                RAISE EXCEPTION 'one is a dependant of the other'
                  USING ERRCODE = '23514', CONSTRAINT = 'merge_nobody_depends_on_themselves';
              END IF;
              IF one.person_id <> other.person_id THEN
                joined := wall.join_persons(one.person_id, other.person_id);
              END IF;
              -- What only the file that gives way knows.
              SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') INTO filled
                FROM jsonb_each(to_jsonb(other)) e
               WHERE e.value <> 'null' AND to_jsonb(one) -> e.key = 'null'
                 AND e.key IN ('nationality_id', 'birth_date', 'sex_id', 'language_id', 'municipality_id', 'status_id',
                               'status_expires_on')
                 AND (e.key <> 'status_expires_on' OR coalesce(one.status_id, other.status_id) IS NOT DISTINCT FROM other.status_id);
              UPDATE cases_client k
                 SET (nationality_id, birth_date, sex_id, language_id, municipality_id, status_id, status_expires_on)
                   = (SELECT n.nationality_id, n.birth_date, n.sex_id, n.language_id, n.municipality_id, n.status_id,
                             n.status_expires_on FROM jsonb_populate_record(k, filled) n)
               WHERE k.id = kept AND filled <> '{}';
              FOR piece IN SELECT * FROM wall.places_of_files() LOOP
                stays := CASE piece.place
                  WHEN 'cases_clientname' THEN 'k.kind = t.kind AND k.text = t.text'
                  WHEN 'cases_contact' THEN 'k.kind = t.kind AND k.value = t.value'
                  WHEN 'cases_identifier' THEN 'k.kind = t.kind'
                  WHEN 'cases_household' THEN 'true'
                  WHEN 'cases_sessionclient' THEN 'k.session_id = t.session_id'
                  WHEN 'cases_putoff' THEN 'k.user_id = t.user_id AND k.session_id IS NOT DISTINCT FROM t.session_id'
                  ELSE 'false' END;
                -- Nobody is in a session twice: where both were, the row of the file that gives way stays.
                both_there := CASE piece.place
                  WHEN 'cases_session' THEN
                    'EXISTS (SELECT FROM cases_sessionclient p WHERE p.session_id = t.id AND p.client_id = $2)'
                  WHEN 'cases_sessionclient' THEN
                    'EXISTS (SELECT FROM cases_session s WHERE s.id = t.session_id AND s.client_id = $2)'
                  ELSE 'false' END;
                EXECUTE format(
                  'WITH gone AS (
                     UPDATE %1$I t SET %2$I = $2 WHERE t.%2$I = $1
                        AND NOT EXISTS (SELECT FROM %1$I k WHERE k.%2$I = $2 AND (%3$s)) AND NOT (%4$s) RETURNING t.id)
                   SELECT coalesce(array_agg(id ORDER BY id), ''{}'') FROM gone', piece.place, piece.key, stays, both_there)
                  INTO ids USING absorbed, kept;
                IF ids <> '{}' THEN
                  moved := moved || jsonb_build_object('place', piece.place, 'key', piece.key, 'ids', to_jsonb(ids));
                END IF;
              END LOOP;
              -- Where both head a household, those of the one come to the other.
              SELECT id INTO headless FROM cases_household WHERE principal_id = absorbed;
              IF FOUND THEN
                SELECT id INTO STRICT head FROM cases_household WHERE principal_id = kept;
                WITH gone AS (
                  UPDATE cases_familylink f SET household_id = head
                   WHERE f.household_id = headless
                     AND NOT EXISTS (SELECT FROM cases_familylink k WHERE k.household_id = head AND k.client_id = f.client_id)
                  RETURNING f.id)
                SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO ids FROM gone;
                moved := moved || jsonb_build_object('place', 'cases_familylink', 'key', 'household_id', 'from', headless,
                                                     'ids', to_jsonb(ids));
              END IF;
              UPDATE cases_client SET merged_into_id = kept WHERE id = absorbed;
              PERFORM wall.share(ARRAY[one.person_id]);
              INSERT INTO cases_clientmerge (workspace_id, kept_id, absorbed_id, moved, merged_by_id, merged_at)
              VALUES (one.workspace_id, kept, absorbed,
                      jsonb_build_object('rows', moved, 'filled', filled, 'join', joined), wall.actor(), now())
              RETURNING id INTO answer;
              UPDATE cases_duplicatecandidate
                 SET state = 'merged', decided_by_id = wall.actor(), decided_at = now()
               WHERE first_id = least(kept, absorbed) AND second_id = greatest(kept, absorbed);
              RETURN answer;
            END
            """,
            returns="bigint",
            definer=True,
        ),
        # Every row back to where it was, as far as it still hangs on the kept file; what came since stays there.
        function(
            "wall.part_files(merge_id bigint)",
            """
            DECLARE
              was cases_clientmerge;
              piece record;
              head bigint;
              blank record;
              persons bigint[];
            BEGIN
              SELECT * INTO was FROM cases_clientmerge WHERE id = merge_id FOR UPDATE;
              IF NOT FOUND OR NOT wall.works_on_file(was.kept_id) OR NOT wall.works_on_file(was.absorbed_id) THEN
                RAISE EXCEPTION 'a file is of another workspace' USING ERRCODE = '42501';
              END IF;
              IF was.parted_at IS NOT NULL THEN
                RAISE EXCEPTION 'it was parted' USING ERRCODE = '23514', CONSTRAINT = 'merge_parted_once';
              END IF;
              IF was.merged_at < now() - interval '90 days' THEN
                RAISE EXCEPTION 'too late' USING ERRCODE = '23514', CONSTRAINT = 'merge_parted_within_90_days';
              END IF;
              PERFORM FROM cases_client WHERE id IN (was.kept_id, was.absorbed_id) ORDER BY id FOR UPDATE;
              IF EXISTS (SELECT FROM cases_clientmerge m WHERE m.parted_at IS NULL AND m.id > was.id
                            AND (m.kept_id IN (was.kept_id, was.absorbed_id) OR m.absorbed_id IN (was.kept_id, was.absorbed_id))) THEN
                RAISE EXCEPTION 'a later merge stands on this one'
                  USING ERRCODE = '23514', CONSTRAINT = 'merge_parted_last_first';
              END IF;
              -- Whatever the list says, only rows of the two files move.
              FOR piece IN
                SELECT r.* FROM jsonb_to_recordset(was.moved -> 'rows') AS r (place text, key text, ids bigint[])
                  JOIN wall.places_of_files() p USING (place, key)
              LOOP
                EXECUTE format('UPDATE %1$I SET %2$I = $1 WHERE id = ANY ($2) AND %2$I = $3', piece.place, piece.key)
                  USING was.absorbed_id, piece.ids, was.kept_id;
              END LOOP;
              SELECT id INTO head FROM cases_household WHERE principal_id = was.kept_id;
              UPDATE cases_familylink f SET household_id = h.id
                FROM jsonb_to_recordset(was.moved -> 'rows') AS r (place text, key text, ids bigint[], "from" bigint)
                JOIN cases_household h ON h.id = r."from" AND h.principal_id = was.absorbed_id
               WHERE r.key = 'household_id' AND f.id = ANY (r.ids) AND f.household_id = head;
              FOR blank IN
                SELECT e.key, e.value FROM jsonb_each(was.moved -> 'filled') e
                 WHERE e.key IN ('nationality_id', 'birth_date', 'sex_id', 'language_id', 'municipality_id', 'status_id',
                                 'status_expires_on')
              LOOP
                EXECUTE format('UPDATE cases_client SET %1$I = NULL WHERE id = $1 AND to_jsonb(%1$I) = $2', blank.key)
                  USING was.kept_id, blank.value;
              END LOOP;
              UPDATE cases_client SET merged_into_id = NULL WHERE id = was.absorbed_id;
              IF was.moved -> 'join' <> 'null' THEN
                PERFORM wall.part_persons((was.moved ->> 'join')::bigint);
              END IF;
              SELECT array_agg(DISTINCT c.person_id) INTO persons
                FROM cases_client c WHERE c.id IN (was.kept_id, was.absorbed_id);
              PERFORM wall.share(persons);
              UPDATE cases_clientmerge SET parted_at = now() WHERE id = merge_id;
              UPDATE cases_duplicatecandidate SET state = 'open', decided_by_id = NULL, decided_at = NULL
               WHERE first_id = least(was.kept_id, was.absorbed_id) AND second_id = greatest(was.kept_id, was.absorbed_id)
                 AND state = 'merged';
            END
            """,
            returns="void",
            definer=True,
        ),
    ]
