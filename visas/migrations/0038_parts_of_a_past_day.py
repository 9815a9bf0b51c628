"""No part of a quota, a share or what is not shared out, has held fewer than no places on a past day."""

from importlib import import_module

from django.db import migrations

from centers.walls import function

edited = import_module("visas.migrations.0019_after_the_permit").edited

# The part that a line takes from, on each day on which it held something else, until that of the next.
OVERDRAWN = """
  SELECT EXISTS (
    SELECT FROM (
      SELECT sum(sum(l.amount)) OVER (ORDER BY e.effective_on) AS held, e.effective_on AS day,
             lead(e.effective_on) OVER (ORDER BY e.effective_on) AS next
        FROM visas_quotaline l JOIN visas_quotaentry e ON e.id = l.entry_id
       WHERE l.pool_id = of_pool AND l.share_id IS NOT DISTINCT FROM of_share
       GROUP BY e.effective_on
    ) d
    WHERE held < 0 AND coalesce(next, 'infinity') > since AND day < wall.today())
"""
WITHIN = """
          IF coalesce(current_setting('wall.scope', true), '') <> '' AND wall.part_overdrawn(
               NEW.pool_id, NEW.share_id, (SELECT effective_on FROM visas_quotaentry WHERE id = NEW.entry_id)) THEN
            RAISE EXCEPTION 'a part of the quota would have held fewer than no places on a past day'
              USING ERRCODE = '23514', CONSTRAINT = 'part_was_there', TABLE = TG_TABLE_NAME;
          END IF;
"""
FIRST = "-- What goes from one share of the quota to another takes nothing from it."


class Migration(migrations.Migration):
    dependencies = [("visas", "0037_nationality_not_recorded")]
    operations = [
        function(
            "wall.part_overdrawn(of_pool text, of_share bigint, since date)",
            OVERDRAWN,
            returns="boolean",
            private=True,
            language="sql",
            traits="STABLE",
        ),
        edited("wall.places_were_there()", FIRST, WITHIN + FIRST),
    ]
