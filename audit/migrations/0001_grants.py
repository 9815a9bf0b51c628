"""What the application role may do with tables and functions made after this, in every migration of every app."""

from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


def grant(apps, schema_editor):
    app = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {app}",
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        f"ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        # A function is called by whoever it is granted to, never by everyone.
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        f"GRANT SELECT ON django_migrations TO {app}",  # made by Django before the first migration
        # Home of the functions that guard rows about people.
        "CREATE SCHEMA IF NOT EXISTS wall",
        f"GRANT USAGE ON SCHEMA wall TO {app}",
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    run_before = [("contenttypes", "0001_initial")]
    dependencies = []
    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=False),
        BtreeGistExtension(),  # exclusion of a bed and its nights; a trusted extension, the owner may make it
        # Django's own database cache, as `createcachetable` makes it: rate limits survive a broker that is down.
        migrations.RunSQL(
            """
            CREATE TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX cache_expires ON cache (expires);
            """,
            "DROP TABLE cache",
        ),
    ]
