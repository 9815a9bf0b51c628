"""Who looked at whom: one row a request, added by a function of the database that knows who asks."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

ROLE = '"' + settings.DATABASE_APP_ROLE.replace('"', '""') + '"'

MINE = """
      (SELECT wall.whole('view_access_log'))
      OR user_id = (SELECT wall.actor())
      OR workspace_id = ANY ((SELECT wall.scope('view_access_log'))::bigint[])
      OR workspaces && (SELECT wall.scope('view_access_log'))::int[]"""
RIGHTS = "action IN ('role.granted', 'role.ended', 'account.opened')"

WALL = f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_accessentry
      FOR EACH ROW EXECUTE FUNCTION wall.refuse_change();
    REVOKE INSERT, UPDATE, DELETE ON audit_accessentry FROM {ROLE};
    REVOKE USAGE ON SEQUENCE audit_accessentry_id_seq FROM {ROLE};
    ALTER TABLE audit_accessentry ENABLE ROW LEVEL SECURITY;
    CREATE POLICY view ON audit_accessentry FOR SELECT USING ({MINE});

    -- The signed scope says who asks: nobody is put on record for another.
    CREATE FUNCTION wall.note_access(
      workspace bigint, route text, method text, status int, address inet, files bigint[], workspaces int[],
      purpose text
    ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      actor bigint := wall.actor();
    BEGIN
      IF actor IS NULL THEN
        RAISE EXCEPTION 'nobody has signed in who could be put on record' USING ERRCODE = '42501';
      END IF;
      INSERT INTO audit_accessentry
        (at, user_id, workspace_id, route, method, status, address, files, workspaces, purpose)
      VALUES (now(), actor, workspace, route, method, status, address, files, workspaces, purpose);
    END $$;
    REVOKE ALL ON FUNCTION wall.note_access FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION wall.note_access TO {ROLE};

    -- Under the policy no index serves the arrays: their operators are not leakproof. So the owner looks them up,
    -- and gives out what the policy would.
    CREATE FUNCTION wall.accesses_of(file bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT id FROM audit_accessentry WHERE files @> ARRAY[file] AND files <> '{{}}' AND ({MINE})
    $$;
    REVOKE ALL ON FUNCTION wall.accesses_of FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION wall.accesses_of TO {ROLE};

    -- Who grants roles reads who was granted what.
    DROP POLICY view ON audit_auditentry;
    CREATE POLICY view ON audit_auditentry FOR SELECT USING (
      (SELECT wall.whole('view_access_log'))
      OR workspace_id = ANY ((SELECT wall.scope('view_access_log'))::bigint[])
      OR actor_id = (SELECT wall.actor())
      OR {RIGHTS} AND (
        (SELECT wall.whole('grant_roles')) OR workspace_id = ANY ((SELECT wall.scope('grant_roles'))::bigint[])));
"""
UNDO = """
    DROP POLICY view ON audit_auditentry;
    CREATE POLICY view ON audit_auditentry FOR SELECT USING (
      (SELECT wall.whole('view_access_log'))
      OR workspace_id = ANY ((SELECT wall.scope('view_access_log'))::bigint[])
      OR actor_id = (SELECT wall.actor()));
    DROP FUNCTION wall.accesses_of;
    DROP FUNCTION wall.note_access;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_append_only'),
        ('centers', '0002_wall'),  # the scope that the policies ask
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('workspace_id', models.BigIntegerField(null=True, verbose_name='workspace')),
                ('route', models.CharField(blank=True, max_length=80, verbose_name='page')),
                ('method', models.CharField(max_length=10)),
                ('status', models.PositiveSmallIntegerField()),
                ('address', models.GenericIPAddressField(null=True, verbose_name='address')),
                ('files', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('workspaces', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('purpose', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'access',
                'verbose_name_plural': 'accesses',
            },
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('role.granted', 'Role granted'), ('role.ended', 'Role ended'), ('province.entered', 'Worked on the whole province'), ('workbook.imported', 'Workbook imported'), ('figure.entered', 'Figure entered'), ('persons.joined', 'Identities joined'), ('persons.parted', 'Identities parted'), ('clients.merged', 'Client files merged'), ('clients.parted', 'Client files parted'), ('account.opened', 'Account opened'), ('signed.in', 'Signed in'), ('signed.out', 'Signed out'), ('signed.failed', 'Sign-in failed')], max_length=40, verbose_name='action'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['-at', '-id'], name='audit_by_time'),
        ),
        migrations.AddField(
            model_name='accessentry',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='accessentry',
            index=models.Index(fields=['-at', '-id'], name='access_by_time'),
        ),
        migrations.AddIndex(
            model_name='accessentry',
            index=models.Index(fields=['user', '-at', '-id'], name='access_by_user'),
        ),
        migrations.AddIndex(
            model_name='accessentry',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('files', []), _negated=True), fields=['files'], name='access_by_file'),
        ),
        migrations.RunSQL(WALL, UNDO),
    ]
