-- The twenty newest runs and what they did.
select
    run_id,
    started_at,
    status,
    duration_seconds,
    reports_done,
    mentions,
    skipped,
    failed,
    schema_name,
    model_name
from v_run
order by run_id desc
limit 20;
