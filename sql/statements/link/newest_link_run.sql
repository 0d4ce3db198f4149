-- The newest link run and what its result was; no row before the first.
select
    link_run_id,
    result_digest
from link_run
order by link_run_id desc
limit 1;
