-- Roles and the empty database; once at the bootstrap of a server, as a superuser, and again to change a password:
--
--   SETTLEMENT_OWNER_PASSWORD=… SETTLEMENT_APP_PASSWORD=… SETTLEMENT_BACKUP_PASSWORD=… \
--     psql --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres --file roles.sql
--
-- `--set owner_password=…` works too, but every user of the host can read a command line.
-- Grants on tables, and those by default, belong to the migrations, which the owner runs. So do the extensions: all
-- that are used are trusted ones, which the owner of a database may create.

\set ON_ERROR_STOP 1
\if :{?owner_password}
\else
    \getenv owner_password SETTLEMENT_OWNER_PASSWORD
\endif
\if :{?app_password}
\else
    \getenv app_password SETTLEMENT_APP_PASSWORD
\endif
\if :{?backup_password}
\else
    \getenv backup_password SETTLEMENT_BACKUP_PASSWORD
\endif

-- No password may reach the server's log, also not beside an error.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET password_encryption = 'scram-sha-256';

-- Each stands here once; a second run finds it. The names are fixed, so a race can only end in an error, not in harm.
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['settlement_owner', 'settlement_app', 'settlement_backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Owns the tables, so row security does not bind it: `prepare`, migrations and restore only.
ALTER ROLE settlement_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'owner_password';

-- Web, worker and beat. They refuse to start when this role could pass by the row security.
ALTER ROLE settlement_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'app_password';

-- Reads every row of every table and writes none.
ALTER ROLE settlement_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS
    PASSWORD :'backup_password';
GRANT pg_read_all_data TO settlement_backup;
ALTER ROLE settlement_backup SET default_transaction_read_only = on;

SELECT 'CREATE DATABASE settlement OWNER settlement_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'settlement')
\gexec

REVOKE ALL ON DATABASE settlement FROM PUBLIC;
-- The import stages its rows in a temporary table.
GRANT CONNECT, TEMPORARY ON DATABASE settlement TO settlement_app;
GRANT CONNECT ON DATABASE settlement TO settlement_backup;

\connect settlement
-- Since PostgreSQL 15 the schema belongs to the owner of the database and PUBLIC may not create in it; a database that
-- came from an older server is brought to the same.
ALTER SCHEMA public OWNER TO pg_database_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO settlement_app, settlement_backup;
