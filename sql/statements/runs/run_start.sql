-- When a run began.
select started_at
from run
where run_id = $run_id;
