"""Reminders that one puts off, and frequent cases that are offered: one's own, or the centre's."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from centers.walls import client_triple


def here(permission: str) -> str:
    return f"workspace_id = ANY ((SELECT wall.scope('{permission}'))::bigint[])"


MINE = f"user_id = (SELECT wall.actor()) AND {here('view_sessions')}"
READ = f"(owner_id IS NULL OR owner_id = (SELECT wall.actor())) AND {here('work_sessions')}"
# One's own are one's own; those of the centre are its manager's to write.
WRITE = (
    f"(owner_id = (SELECT wall.actor()) AND {here('work_sessions')})"
    f" OR (owner_id IS NULL AND {here('accept_activities')} AND {here('work_sessions')})"
)


def own(table: str, read: str, write: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON {table} FOR SELECT USING ({read});
        CREATE POLICY own_insert ON {table} FOR INSERT WITH CHECK ({write});
        CREATE POLICY own_update ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
        CREATE POLICY own_delete ON {table} FOR DELETE USING ({write});
        """,
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; DROP POLICY view ON {table}; "
        f"DROP POLICY own_insert ON {table}; DROP POLICY own_update ON {table}; DROP POLICY own_delete ON {table}",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0015_session_clients'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PutOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(verbose_name='put off until')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('session', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.session')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'reminder put off',
                'verbose_name_plural': 'reminders put off',
                'indexes': [models.Index(fields=['client'], name='put_off_by_client')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('session', None), _negated=True), fields=('user', 'session'), name='put_off_follow_up'), models.UniqueConstraint(condition=models.Q(('session', None)), fields=('user', 'client'), name='put_off_status'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='put_off_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='SessionTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('fields', models.JSONField(default=dict)),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'template of a session',
                'verbose_name_plural': 'templates of sessions',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'owner', 'name'), name='session_template_named_once', nulls_distinct=False, violation_error_message='There is a template of this name already.')],
            },
        ),
        client_triple("cases_putoff", person=""),
        migrations.RunSQL(
            "ALTER TABLE cases_putoff ADD CONSTRAINT put_off_is_of_the_workspace "
            "FOREIGN KEY (session_id, workspace_id) REFERENCES cases_session (id, workspace_id)",
            "ALTER TABLE cases_putoff DROP CONSTRAINT put_off_is_of_the_workspace",
        ),
        own("cases_putoff", MINE, MINE),
        own("cases_sessiontemplate", READ, WRITE),
    ]
