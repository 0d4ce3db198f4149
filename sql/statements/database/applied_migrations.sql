-- The migrations that this database has had.
select
    version,
    sha256,
    applied_at
from schema_migration
order by version;
