#!/bin/sh
# Makes the three roles and the database; PostgreSQL's image runs it once, when its volume is empty.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
    --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" --set=operator="$OPERATOR_PASSWORD" <<'SQL'
CREATE ROLE baukasten_owner LOGIN BYPASSRLS PASSWORD :'owner';
CREATE ROLE baukasten_app LOGIN PASSWORD :'app';
CREATE ROLE baukasten_operator LOGIN PASSWORD :'operator';
CREATE DATABASE baukasten OWNER baukasten_owner;
\connect baukasten
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO baukasten_owner;
SQL
