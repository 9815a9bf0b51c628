"""A request to another centre needs the client's consent, and people in danger are never hinted at."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0019_attachments'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='identityquestion',
            name='consented_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='topic',
            name='guarded',
            field=models.BooleanField(default=False, verbose_name='never hinted at to another centre'),
        ),
        # Requests that were sent before stay as they were: nobody can say afterwards that the client agreed.
        AddConstraintNotValid(
            model_name='identityquestion',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), ('consented_at__isnull', False), _connector='OR'), name='question_sent_with_consent', violation_error_message='A request is sent only where the client has agreed to it.'),
        ),
    ]
