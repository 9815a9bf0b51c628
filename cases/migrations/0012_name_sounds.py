"""What names are found by in every script, and indexes for it."""

from django.db import migrations, models

from cases.matching import database
from cases.matching.signs import BLANKS, GAP
from centers.walls import function


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_draft'),
        ('centers', '0004_exports_wall'),
    ]

    operations = [
        function(
            "wall.sound(name text)",
            database.sound_body(),
            returns="text",
            traits="IMMUTABLE PARALLEL SAFE",
        ),
        function(
            "wall.name_sound(name text, first_word int)",
            f"""
            DECLARE parts text[] := regexp_split_to_array(btrim(name, {database.constant(BLANKS)}), {database.constant(GAP)});
            DECLARE many int := cardinality(parts);
            BEGIN
              IF first_word = 0 THEN
                RETURN CASE WHEN many > 1 THEN wall.sound(parts[many] || array_to_string(parts[:many - 1], '')) END;
              END IF;
              RETURN CASE WHEN first_word <= many THEN wall.sound(array_to_string(parts[first_word:], '')) END;
            END
            """,
            returns="text",
            traits="IMMUTABLE PARALLEL SAFE",
        ),
        function(
            "wall.name_initials(name text)",
            r"SELECT nullif(regexp_replace(normalize(name, NFKD), '[^\u1100-\u1112]', '', 'g'), '')",
            returns="text",
            language="sql",
            traits="IMMUTABLE PARALLEL SAFE",
        ),
        migrations.AddField(
            model_name='clientname',
            name='initials',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', function='wall.name_initials'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='clientname',
            name='second_sound',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(2), function='wall.name_sound'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='clientname',
            name='sound',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(1), function='wall.name_sound'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='clientname',
            name='third_sound',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(3), function='wall.name_sound'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='clientname',
            name='turned_sound',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(0), function='wall.name_sound'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'sound'], name='name_by_sound'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'second_sound'], name='name_by_second_sound'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'third_sound'], name='name_by_third_sound'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'turned_sound'], name='name_by_turned_sound'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'initials'], name='name_by_initials'),
        ),
    ]
