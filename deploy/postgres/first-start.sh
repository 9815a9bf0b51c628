#!/bin/bash
# Run once by the postgres image, when its folder is empty; the passwords come from postgres.env.
set -euo pipefail
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --file /settlement/roles.sql
