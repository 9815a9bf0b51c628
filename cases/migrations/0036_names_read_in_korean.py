"""Names as Koreans read them, given names of names without a gap, and the middle of a telephone number.

What a changed function has worked out does not change with it: those columns are dropped and made anew.
"""

from importlib import import_module

from django.db import migrations, models

from cases.matching import database
from centers.walls import function

KEY = models.TextField(db_collation='C', null=True)
EARLIER = [
    operation
    for name in ("0006_search_keys", "0012_name_sounds")
    for operation in import_module(f"cases.migrations.{name}").Migration.operations
]
TRAITS = "IMMUTABLE PARALLEL SAFE"


def instead(name, arguments, body, *, language="sql", dropped=False):
    """A function in place of the earlier one of its name; dropped first where it takes something else."""
    new = function(f"{name}({arguments})", body, returns="text", language=language, traits=TRAITS)
    [old] = [made for made in EARLIER if isinstance(made, migrations.RunSQL) and f"FUNCTION {name}(" in str(made.sql)]
    if not dropped:
        return migrations.RunSQL(new.sql, old.sql)
    return migrations.RunSQL([old.reverse_sql, new.sql], [new.reverse_sql, old.sql])


def worked_out(function_name, column, *arguments):
    call = models.Func(column, *(models.Value(argument) for argument in arguments), function=function_name)
    return models.GeneratedField(db_persist=True, expression=call, output_field=KEY)


def without(model, column, index):
    return [
        migrations.RemoveIndex(model_name=model, name=index),
        migrations.RemoveField(model_name=model, name=column),
    ]


def with_column(model, column, field, index, condition=None):
    return [
        migrations.AddField(model_name=model, name=column, field=field),
        migrations.AddIndex(
            model_name=model,
            index=models.Index(fields=['workspace', column], condition=condition, name=index),
        ),
    ]


def with_column_of_some(column, field, index):
    return with_column('clientname', column, field, index, models.Q((f'{column}__isnull', False)))


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0035_changes_by_whom_and_months_as_closed'),
        ('centers', '0007_roles_apart'),
    ]

    operations = [
        *without('clientname', 'second_key', 'name_by_second_key'),
        *without('clientname', 'third_key', 'name_by_third_key'),
        *without('clientname', 'second_sound', 'name_by_second_sound'),
        *without('clientname', 'third_sound', 'name_by_third_sound'),
        *without('clientname', 'initials', 'name_by_initials'),
        *without('contact', 'digits_backwards', 'contact_by_ending'),
        instead("wall.name_key", "name text, first_word int", database.key_body()),
        instead("wall.name_sound", "name text, first_word int", database.words_body(), language="plpgsql"),
        instead("wall.name_initials", "name text, first_word int", database.initials_body(), dropped=True),
        function(
            "wall.name_key_backwards(name text)",
            database.backwards_body(),
            returns="text",
            language="sql",
            traits=TRAITS,
        ),
        function(
            "wall.name_reading(name text, first_word int)",
            database.reading_body(),
            returns="text",
            traits=TRAITS,
        ),
        # Full-width digits are digits.
        instead(
            "wall.digits_backwards",
            "value text",
            "SELECT nullif(reverse(regexp_replace(normalize(value, NFKC), '[^0-9]', '', 'g')), '')",
        ),
        # Without the zeros before a number and without Korea's 82, as ``telephone`` of ``cases/models/keys.py`` has it.
        function(
            "wall.middle_backwards(value text)",
            """
            SELECT nullif(substr(reverse(regexp_replace(
              regexp_replace(normalize(value, NFKC), '[^0-9]', '', 'g'), '^0*(82(?=[0-9]{8,}))?0*', '')), 5), '')
            """,
            returns="text",
            language="sql",
            traits=TRAITS,
        ),
        *with_column('clientname', 'second_key', worked_out('wall.name_key', 'text', 2), 'name_by_second_key'),
        *with_column('clientname', 'third_key', worked_out('wall.name_key', 'text', 3), 'name_by_third_key'),
        *with_column('clientname', 'second_sound', worked_out('wall.name_sound', 'text', 2), 'name_by_second_sound'),
        *with_column('clientname', 'third_sound', worked_out('wall.name_sound', 'text', 3), 'name_by_third_sound'),
        *with_column('clientname', 'initials', worked_out('wall.name_initials', 'text', 1), 'name_by_initials'),
        *with_column_of_some('second_initials', worked_out('wall.name_initials', 'text', 2), 'name_by_second_initials'),
        *with_column_of_some('third_initials', worked_out('wall.name_initials', 'text', 3), 'name_by_third_initials'),
        *with_column_of_some('reading', worked_out('wall.name_reading', 'text', 1), 'name_by_reading'),
        *with_column_of_some('second_reading', worked_out('wall.name_reading', 'text', 2), 'name_by_second_reading'),
        *with_column_of_some('third_reading', worked_out('wall.name_reading', 'text', 3), 'name_by_third_reading'),
        *with_column_of_some('key_backwards', worked_out('wall.name_key_backwards', 'text'), 'name_by_end'),
        *with_column('contact', 'digits_backwards', worked_out('wall.digits_backwards', 'value'), 'contact_by_ending'),
        *with_column('contact', 'middle_backwards', worked_out('wall.middle_backwards', 'value'), 'contact_by_middle'),
    ]
