"""What likely files of one person are found by, and numbers that were corrected."""

from django.db import migrations, models

from centers.walls import function


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_name_sounds'),
        ('centers', '0004_exports_wall'),
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
    ]
