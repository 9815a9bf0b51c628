"""The kind of an indicator (핵심, 일반) in the languages of the staff, as its name and unit are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0014_places_of_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='indicator',
            name='kind',
            field=models.CharField(default='', max_length=20, verbose_name='kind'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='indicator',
            name='kind_en',
            field=models.CharField(max_length=20, null=True, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='kind_vi',
            field=models.CharField(max_length=20, null=True, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='kind_zh_hans',
            field=models.CharField(max_length=20, null=True, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='kind_ko',
            field=models.CharField(max_length=20, null=True, verbose_name='kind'),
        ),
        # The other languages come with the reference data, which every upgrade reads.
        migrations.RunSQL("UPDATE kpi_indicator SET kind = kind_ko", migrations.RunSQL.noop),
    ]
