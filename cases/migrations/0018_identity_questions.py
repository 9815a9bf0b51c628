"""Whether a client is known at another centre: the question and what the other centre is asked."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import client_triple, function, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0017_drafts_of_files'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('worked_out_at', models.DateTimeField(blank=True, null=True)),
                ('found', models.BooleanField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('asked', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('answers', models.JSONField(default=list)),
                ('asked_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'question to other centres',
                'verbose_name_plural': 'questions to other centres',
                'indexes': [models.Index(fields=['client', '-id'], name='question_by_client'), models.Index(fields=['asked_by', '-asked_at'], name='question_by_asker'), models.Index(condition=models.Q(('worked_out_at', None)), fields=['id'], name='question_to_work_out')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='question_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('found', None), ('worked_out_at', None)), models.Q(('found__isnull', False), ('worked_out_at__isnull', False)), _connector='OR'), name='question_worked_out_iff_answered'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('found', True), _connector='OR'), name='question_sent_where_likely')],
            },
        ),
        migrations.CreateModel(
            name='IdentityRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_id', models.BigIntegerField()),
                ('told', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('score', models.PositiveSmallIntegerField(verbose_name='likeness')),
                ('why', models.JSONField(default=list)),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('answer', models.CharField(choices=[('open', 'Waiting for an answer'), ('same', 'The same person'), ('different', 'Not the same person'), ('unsure', 'Cannot be said')], default='open', max_length=10, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('join_id', models.BigIntegerField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('from_workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace', verbose_name='asked by')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'request of another centre',
                'verbose_name_plural': 'requests of other centres',
                'indexes': [models.Index(fields=['workspace', 'answer', '-id'], name='request_by_answer'), models.Index(fields=['client'], name='request_by_client')],
                'constraints': [models.UniqueConstraint(fields=('question_id', 'client'), name='request_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'open'), ('answered_at', None)), models.Q(models.Q(('answer', 'open'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='request_answered_on_a_day'), models.CheckConstraint(condition=models.Q(('join_id', None), ('answer', 'same'), _connector='OR'), name='request_joins_the_same')],
            },
        ),
        client_triple("cases_identityquestion", person=""),
        client_triple("cases_identityrequest", person=""),
        wall("cases_identityquestion", view="work_sessions", work="work_sessions"),
        wall("cases_identityrequest", view="work_sessions", work="work_sessions"),
        # What a shelter, a university or an office holds is never compared; nobody asks so often that they try names out.
        function(
            "wall.ask_within_bounds()",
            """
            BEGIN
              IF NOT EXISTS (SELECT FROM centers_workspace w WHERE w.id = NEW.workspace_id AND w.kind = 'center') THEN
                RAISE EXCEPTION 'a file of no centre'
                  USING ERRCODE = '23514', CONSTRAINT = 'asked_between_centers', TABLE = TG_TABLE_NAME;
              END IF;
              PERFORM pg_advisory_xact_lock(hashtext('cases_identityquestion'), NEW.workspace_id::int);
              IF (SELECT count(*) FROM cases_identityquestion q
                   WHERE q.asked_by_id = NEW.asked_by_id AND q.asked_at > now() - interval '1 day') >= 20
                 OR (SELECT count(*) FROM cases_identityquestion q
                      WHERE q.workspace_id = NEW.workspace_id AND q.asked_at > now() - interval '1 day') >= 60 THEN
                RAISE EXCEPTION 'asked too often'
                  USING ERRCODE = '23514', CONSTRAINT = 'asked_within_the_rate', TABLE = TG_TABLE_NAME;
              END IF;
              NEW.asked_at := now();
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            "CREATE TRIGGER ask_within_bounds BEFORE INSERT ON cases_identityquestion "
            "FOR EACH ROW EXECUTE FUNCTION wall.ask_within_bounds()",
            "DROP TRIGGER ask_within_bounds ON cases_identityquestion",
        ),
        function(
            "wall.open_questions()",
            "SELECT q.id FROM cases_identityquestion q WHERE q.worked_out_at IS NULL ORDER BY q.id",
            returns="SETOF bigint",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
    ]
