"""Files that come with a client: encrypted, of a kind, and gone when their days are over."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0018_identity_questions'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttachmentKind',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ko', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_vi', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('keep_days', models.PositiveSmallIntegerField(verbose_name='days kept')),
                ('restricted', models.BooleanField(default=False, verbose_name='for counsellors only')),
            ],
            options={
                'verbose_name': 'kind of attachment',
                'verbose_name_plural': 'kinds of attachments',
                'ordering': ['order', 'code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('digest', models.BinaryField()),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_on', models.DateField(verbose_name='kept until')),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='cases.client')),
                ('session', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='cases.session')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
                ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.attachmentkind', verbose_name='kind')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
            },
        ),
        migrations.CreateModel(
            name='AttachmentContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='content', to='cases.attachment')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'content of an attachment',
                'verbose_name_plural': 'contents of attachments',
            },
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['client', '-id'], name='attachment_by_client'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['expires_on'], name='attachment_by_end'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_is_not_empty'),
        ),
        client_triple("cases_attachment", person=""),
        wall("cases_attachment", view="view_clients", work="work_clients"),
        wall("cases_attachmentcontent", view="view_clients", work="work_clients"),
        migrations.RunSQL(f"REVOKE INSERT, UPDATE, DELETE ON cases_attachmentkind FROM {app_role()}", ""),
        # What was deleted a week ago and what nobody may keep any longer. The row stays, to say that there was one.
        function(
            "wall.purge_attachments()",
            """
            WITH gone AS (
              DELETE FROM cases_attachmentcontent c USING cases_attachment a
               WHERE a.id = c.attachment_id
                 AND (a.deleted_at < now() - interval '7 days'
                      OR a.expires_on < (now() AT TIME ZONE 'Asia/Seoul')::date)
              RETURNING 1
            )
            SELECT count(*)::int FROM gone
            """,
            returns="int",
            definer=True,
            language="sql",
        ),
    ]
