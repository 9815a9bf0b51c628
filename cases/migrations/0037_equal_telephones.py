"""Of two equal telephone numbers one goes on after a merge, however they are written; and two files about which
another centre asks at once can be one.
"""

from importlib import import_module

from django.db import migrations

NUMBERS = import_module("cases.migrations.0034_numbers_kept_and_answers_seen").Migration.operations
# The last eight digits tell a telephone number, as where likely pairs are looked for (``cases.matching.records``).
BEFORE = "WHEN 'cases_contact' THEN 'k.kind = t.kind AND k.value = t.value'"
NOW = """WHEN 'cases_contact' THEN
                    'k.kind = t.kind AND (k.value = t.value OR k.kind = ''phone'' AND k.digits_backwards <> ''''
                       AND left(k.digits_backwards, 8) = left(t.digits_backwards, 8))'
                  WHEN 'cases_identityrequest' THEN 'k.question_id = t.question_id'"""


def merge_files() -> str:
    """The statement that makes ``wall.merge_files`` as it was."""
    [made] = [
        statement
        for operation in NUMBERS
        if isinstance(operation, migrations.RunSQL)
        for statement in operation.sql
        if "FUNCTION wall.merge_files(" in statement and statement.startswith("CREATE")
    ]
    return made


class Migration(migrations.Migration):
    dependencies = [("cases", "0036_names_read_in_korean")]
    operations = [migrations.RunSQL(merge_files().replace(BEFORE, NOW), merge_files())]
