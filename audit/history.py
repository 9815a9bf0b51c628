"""Row history is written by triggers as the owner: the application may read history, and write none of it."""

from django.db import connection

HARDEN = """
DO $$
DECLARE
  fn regprocedure;
BEGIN
  FOR fn IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE n.nspname = 'public' AND p.proname LIKE 'pgtrigger\\_%' AND NOT p.prosecdef
               AND pg_get_userbyid(p.proowner) = current_user
  LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', fn);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', fn);
  END LOOP;
END $$
"""


def harden_history(**kwargs) -> None:
    """After every migration: installing a trigger makes its function anew, with the rights of the caller."""
    with connection.cursor() as cursor:
        cursor.execute(HARDEN)
