"""What a workbook brought is about people: read and written with ``import_workbooks`` alone."""

from django.db import migrations

from centers.walls import app_role


def guarded(table: str, mine: str, *, deletable: bool = False) -> migrations.RunSQL:
    reach = f"(SELECT wall.whole('import_workbooks')) OR {mine} = ANY ((SELECT wall.scope('import_workbooks'))::bigint[])"
    return migrations.RunSQL(
        [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY view ON {table} FOR SELECT USING ({reach})",
            f"CREATE POLICY work_insert ON {table} FOR INSERT WITH CHECK ({reach})",
            f"CREATE POLICY work_update ON {table} FOR UPDATE USING ({reach}) WITH CHECK ({reach})",
            f"REVOKE DELETE ON {table} FROM {app_role()}",
        ],
        [
            *(f"DROP POLICY {name} ON {table}" for name in ("view", "work_insert", "work_update")),
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("workbook", "0001_initial"), ("visas", "0003_rules")]
    operations = [
        guarded("workbook_importedfile", "workspace_id"),
        guarded("workbook_importedrow", "namespace"),
        guarded("workbook_openedfile", "workspace_id"),
        migrations.RunSQL(
            """
            ALTER TABLE workbook_openedfile ADD CONSTRAINT opened_file_is_of_the_workspace
              FOREIGN KEY (client_id, workspace_id) REFERENCES cases_client (id, workspace_id);
            """,
            "ALTER TABLE workbook_openedfile DROP CONSTRAINT opened_file_is_of_the_workspace",
        ),
    ]
