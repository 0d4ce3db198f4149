-- Every table and view that somebody made in this database.
select table_name
from information_schema.tables
where table_schema not in ('information_schema', 'pg_catalog');
