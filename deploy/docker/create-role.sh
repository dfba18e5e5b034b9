#!/bin/sh
# Run once by PostgreSQL's image, when it makes its database: the service's role is no superuser, so
# that row-level security binds it too.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set password="$INTERVIEW_DB_PASSWORD" <<'SQL'
CREATE ROLE interview LOGIN PASSWORD :'password';
CREATE DATABASE interview OWNER interview;
SQL
