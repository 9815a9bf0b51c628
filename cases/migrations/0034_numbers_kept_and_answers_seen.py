"""A merge keeps both numbers of a kind and what was chosen; an undoing says what stays; answers that nobody has seen."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import function


PAIRS = import_module("cases.migrations.0013_likely_pairs").Migration.operations


def instead(signature: str, body: str, *, returns: str, before: str) -> migrations.RunSQL:
    """A function of the wall in place of one that took or gave something else."""
    new = function(signature, body, returns=returns, definer=True)
    [old] = [made for made in PAIRS if isinstance(made, migrations.RunSQL) and f"FUNCTION {before}" in str(made.sql)]
    return migrations.RunSQL([old.reverse_sql, new.sql], [new.reverse_sql, old.sql])


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0032_file_numbers'),
        ('centers', '0007_roles_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='identifier',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='identifier',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='identifier',
            name='identifier_one_of_a_kind',
        ),
        migrations.AddField(
            model_name='identifier',
            name='former',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='identifierevent',
            name='former',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='identityquestion',
            name='unseen_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='identityquestion',
            index=models.Index(condition=models.Q(('sent_at', None), _negated=True), fields=['workspace', '-sent_at'], name='question_by_sending'),
        ),
        migrations.AddIndex(
            model_name='identityquestion',
            index=models.Index(condition=models.Q(('unseen_since', None), _negated=True), fields=['asked_by'], name='question_with_unseen_answer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='identifier',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_identifierevent" ("ciphertext", "client_id", "digest", "former", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "workspace_id") VALUES (OLD."ciphertext", OLD."client_id", OLD."digest", OLD."former", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."workspace_id"); RETURN NULL;', hash='3ba9adcf88e88bb8b44f02ba83d581e24ae6e84d', operation='UPDATE', pgid='pgtrigger_update_update_4a493', table='cases_identifier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='identifier',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_identifierevent" ("ciphertext", "client_id", "digest", "former", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "workspace_id") VALUES (OLD."ciphertext", OLD."client_id", OLD."digest", OLD."former", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."workspace_id"); RETURN NULL;', hash='d70c97e47c9d720cb155fe8ee069ca95ba288b1b', operation='DELETE', pgid='pgtrigger_delete_delete_84679', table='cases_identifier', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(condition=models.Q(('former', False)), fields=('client', 'kind'), name='identifier_one_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(fields=('client', 'kind', 'digest'), name='identifier_once'),
        ),
        instead(
            "wall.merge_files(kept bigint, absorbed bigint, taken text[])",
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
              before jsonb;
              marks jsonb := '{}';
              mark bigint;
              retired bigint[];
              renewed bigint[];
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
              IF NOT taken <@ ARRAY['nationality_id', 'birth_date', 'sex_id', 'language_id', 'municipality_id', 'status_id',
                                    'registration', 'passport'] THEN
                RAISE EXCEPTION 'no such field' USING ERRCODE = '22023';
              END IF;
              IF EXISTS (SELECT FROM cases_familylink f JOIN cases_household h ON h.id = f.household_id
                          WHERE (h.principal_id, f.client_id) IN ((kept, absorbed), (absorbed, kept))) THEN
                RAISE EXCEPTION 'one is a dependant of the other'
                  USING ERRCODE = '23514', CONSTRAINT = 'merge_nobody_depends_on_themselves';
              END IF;
              IF one.person_id <> other.person_id THEN
                joined := wall.join_persons(one.person_id, other.person_id);
              END IF;
              -- What only the file that gives way knows, and what was chosen of it; the expiry goes with its status.
              SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') INTO filled
                FROM jsonb_each(to_jsonb(other)) e
               WHERE e.key IN ('nationality_id', 'birth_date', 'sex_id', 'language_id', 'municipality_id', 'status_id',
                               'status_expires_on')
                 AND (e.key = ANY (taken) OR e.key = 'status_expires_on' AND 'status_id' = ANY (taken)
                      OR e.value <> 'null' AND to_jsonb(one) -> e.key = 'null'
                         AND (e.key <> 'status_expires_on'
                              OR coalesce(one.status_id, other.status_id) IS NOT DISTINCT FROM other.status_id));
              SELECT coalesce(jsonb_object_agg(e.key, to_jsonb(one) -> e.key), '{}') INTO before FROM jsonb_each(filled) e;
              UPDATE cases_client k
                 SET (nationality_id, birth_date, sex_id, language_id, municipality_id, status_id, status_expires_on)
                   = (SELECT n.nationality_id, n.birth_date, n.sex_id, n.language_id, n.municipality_id, n.status_id,
                             n.status_expires_on FROM jsonb_populate_record(k, filled) n)
               WHERE k.id = kept AND filled <> '{}';
              -- Of each kind of number one is in use. The other goes on as a former one, and is held back by an equal alone.
              WITH gone AS (
                UPDATE cases_identifier i SET former = true
                  FROM cases_identifier a JOIN cases_identifier k USING (kind)
                 WHERE a.client_id = absorbed AND k.client_id = kept AND NOT a.former AND NOT k.former
                   AND a.digest <> k.digest AND i.id = CASE WHEN a.kind = ANY (taken) THEN k.id ELSE a.id END
                RETURNING i.id)
              SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO retired FROM gone;
              WITH again AS (
                UPDATE cases_identifier i SET former = false
                  FROM cases_identifier a
                 WHERE i.client_id = kept AND i.former AND a.client_id = absorbed AND NOT a.former
                   AND a.kind = i.kind AND a.digest = i.digest
                   AND NOT EXISTS (SELECT FROM cases_identifier k WHERE k.client_id = kept AND k.kind = i.kind AND NOT k.former)
                RETURNING i.id)
              SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO renewed FROM again;
              FOR piece IN SELECT * FROM wall.places_of_files() LOOP
                EXECUTE format('SELECT coalesce(max(id), 0) FROM %I', piece.place) INTO mark;
                marks := marks || jsonb_build_object(piece.place, mark);
                stays := CASE piece.place
                  WHEN 'cases_clientname' THEN 'k.kind = t.kind AND k.text = t.text'
                  WHEN 'cases_contact' THEN 'k.kind = t.kind AND k.value = t.value'
                  WHEN 'cases_identifier' THEN 'k.kind = t.kind AND k.digest = t.digest'
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
                      jsonb_build_object('rows', moved, 'filled', filled, 'before', before, 'join', joined, 'retired', retired,
                                         'renewed', renewed, 'marks', marks),
                      wall.actor(), now())
              RETURNING id INTO answer;
              UPDATE cases_duplicatecandidate
                 SET state = 'merged', decided_by_id = wall.actor(), decided_at = now()
               WHERE first_id = least(kept, absorbed) AND second_id = greatest(kept, absorbed);
              RETURN answer;
            END
            """,
            returns="bigint",
            before="wall.merge_files(",
        ),
        # Every row back to where it was, as far as it still hangs on the kept file. What came since stays there, and is
        # counted by table.
        instead(
            "wall.part_files(merge_id bigint)",
            """
            DECLARE
              was cases_clientmerge;
              piece record;
              head bigint;
              back jsonb;
              persons bigint[];
              many bigint;
              stayed jsonb := '{}';
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
              -- What was corrected since keeps the correction. Merges of before hold no earlier values: those were blanks.
              SELECT jsonb_object_agg(e.key, coalesce(was.moved -> 'before' -> e.key, 'null')) INTO back
                FROM jsonb_each(was.moved -> 'filled') e
               WHERE e.key IN ('nationality_id', 'birth_date', 'sex_id', 'language_id', 'municipality_id', 'status_id',
                               'status_expires_on')
                 AND e.value = (SELECT to_jsonb(c) -> e.key FROM cases_client c WHERE c.id = was.kept_id);
              UPDATE cases_client k
                 SET (nationality_id, birth_date, sex_id, language_id, municipality_id, status_id, status_expires_on)
                   = (SELECT n.nationality_id, n.birth_date, n.sex_id, n.language_id, n.municipality_id, n.status_id,
                             n.status_expires_on FROM jsonb_populate_record(k, back) n)
               WHERE k.id = was.kept_id AND back IS NOT NULL;
              UPDATE cases_identifier i SET former = true
               WHERE i.client_id = was.kept_id AND was.moved -> 'renewed' @> to_jsonb(i.id);
              UPDATE cases_identifier i SET former = false
               WHERE i.client_id IN (was.kept_id, was.absorbed_id) AND was.moved -> 'retired' @> to_jsonb(i.id)
                 AND NOT EXISTS (SELECT FROM cases_identifier k
                                  WHERE k.client_id = i.client_id AND k.kind = i.kind AND NOT k.former);
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
              -- What came to the kept file since, by table.
              FOR piece IN SELECT * FROM wall.places_of_files() LOOP
                EXECUTE format('SELECT count(*) FROM %1$I WHERE %2$I = $1 AND id > $2', piece.place, piece.key)
                  INTO many USING was.kept_id, (was.moved -> 'marks' ->> piece.place)::bigint;
                IF many > 0 THEN
                  stayed := stayed || jsonb_build_object(piece.place, many);
                END IF;
              END LOOP;
              RETURN stayed;
            END
            """,
            returns="jsonb",
            before="wall.part_files(",
        ),
    ]
