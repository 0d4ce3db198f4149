-- The ids of all runs, the newest first.
select run_id
from run
order by run_id desc;
