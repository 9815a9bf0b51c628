"""A role can be taken back on its first day too: one that was given by mistake does not open files until midnight."""

from django.db import migrations


def kept_where(first_day: str) -> str:
    """The function that refuses to delete a role whose first day lies so to today."""
    return f"""
        CREATE OR REPLACE FUNCTION wall.keep_begun_memberships() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          IF OLD.starts_on {first_day} wall.today() THEN
            RAISE EXCEPTION 'a role that has begun is ended and not deleted'
              USING ERRCODE = '23514', CONSTRAINT = 'membership_begun_stays', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN OLD;
        END
        $body$
    """


class Migration(migrations.Migration):
    dependencies = [("centers", "0008_exports_remember_their_scope")]
    operations = [migrations.RunSQL(kept_where("<"), kept_where("<="))]
