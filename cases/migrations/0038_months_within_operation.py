"""A month is closed within the time in which its centre counts; a merge keeps who undid it."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from centers.walls import function

CLOSES = import_module("cases.migrations.0025_month_close").Migration.operations
IS_OVER = "IF (NEW.month + interval '1 month')::date > wall.today() THEN"
WITHIN = """PERFORM FROM centers_workspace w
                WHERE w.id = NEW.workspace_id AND NEW.month >= date_trunc('month', w.counts_from::timestamp)::date
                  AND (w.ended_on IS NULL OR NEW.month <= w.ended_on);
              IF NOT FOUND THEN
                RAISE EXCEPTION 'a month in which the centre does not count'
                  USING ERRCODE = '23514', CONSTRAINT = 'month_within_operation', TABLE = TG_TABLE_NAME;
              END IF;
              """


def close_month() -> str:
    """The statement that makes ``wall.close_month`` as it was."""
    [made] = [
        statement
        for operation in CLOSES
        if isinstance(operation, migrations.RunSQL)
        for statement in (operation.sql if isinstance(operation.sql, list) else [operation.sql])
        if "FUNCTION wall.close_month() RETURNS" in statement
    ]
    return made


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0037_equal_telephones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(close_month().replace(IS_OVER, WITHIN + IS_OVER), close_month()),
        migrations.AddField(
            model_name="clientmerge",
            name="parted_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        # Who undoes a merge is whom the transaction writes for, whatever statement does it.
        function(
            "wall.merge_parted_by()",
            """
            BEGIN
              NEW.parted_by_id := wall.written_by();
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER merge_parted_by BEFORE UPDATE ON cases_clientmerge FOR EACH ROW "
            "WHEN (OLD.parted_at IS NULL AND NEW.parted_at IS NOT NULL) EXECUTE FUNCTION wall.merge_parted_by()",
            "DROP TRIGGER merge_parted_by ON cases_clientmerge",
        ),
    ]
