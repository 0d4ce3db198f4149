-- The set of views that this database has.
select sha256
from view_set
order by applied_at desc
limit 1;
