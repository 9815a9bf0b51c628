"""Who waits for a place of a quota: the rule of its order, and places given by hand."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple


READ = (
    "(SELECT wall.whole('view_visa_cases')) OR workspace_id = ANY ((SELECT wall.scope('view_visa_cases'))::bigint[])"
    " OR EXISTS (SELECT FROM visas_visacase v WHERE v.id = case_id"
    " AND v.shared_with && (SELECT wall.scope('view_visa_cases'))::int[])"
)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0019_attachments'),
        ('centers', '0004_exports_wall'),
        ('visas', '0011_letters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='visaprogramme',
            name='waiting_order',
            field=models.CharField(choices=[('reviewed', 'Day of the provincial review'), ('received', 'Day of reception'), ('points', 'Points of the self-assessment')], db_default='reviewed', default='reviewed', max_length=20, verbose_name='order of the waiting list'),
        ),
        migrations.CreateModel(
            name='WaitingMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='place')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'move in a waiting list',
                'verbose_name_plural': 'moves in waiting lists',
                'indexes': [models.Index(fields=['case', '-id'], name='waiting_move_by_case'), models.Index(fields=['client'], name='waiting_move_by_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='waiting_move_has_a_reason', violation_error_message='Say why the case gets another place.'), models.CheckConstraint(condition=models.Q(('place', None), ('place__gte', 1), _connector='OR'), name='waiting_move_from_the_first_place')],
            },
        ),
        client_triple("visas_waitingmove"),
        # The order is the province's to change; who reads a case reads why it stands where it does.
        migrations.RunSQL(
            f"""
            ALTER TABLE visas_waitingmove ADD CONSTRAINT waiting_move_is_of_the_workspace
              FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
            ALTER TABLE visas_waitingmove ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON visas_waitingmove FOR SELECT USING ({READ});
            CREATE POLICY work_insert ON visas_waitingmove FOR INSERT
              WITH CHECK ((SELECT wall.whole('review_visa_cases')));
            REVOKE UPDATE, DELETE ON visas_waitingmove FROM {app_role()};
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_waitingmove
              FOR EACH ROW EXECUTE FUNCTION wall.keep_case_step();
            """,
            "DROP TRIGGER append_only ON visas_waitingmove; DROP POLICY view ON visas_waitingmove; "
            "DROP POLICY work_insert ON visas_waitingmove; ALTER TABLE visas_waitingmove DISABLE ROW LEVEL SECURITY; "
            "ALTER TABLE visas_waitingmove DROP CONSTRAINT waiting_move_is_of_the_workspace",
        ),
    ]
