-- A run ends after it begins, has an end exactly when it has ended, and what it stored is no older than it.
select
    run.run_id as run_id,
    run.status as status,
    run.started_at as started_at,
    run.ended_at as ended_at,
    min(extraction.extracted_at) as first_extracted_at
from run
left join extraction using (run_id)
group by
    run.run_id,
    run.status,
    run.started_at,
    run.ended_at
having
    run.ended_at < run.started_at
    or (run.status = 'running') <> (run.ended_at is null)
    or min(extraction.extracted_at) < run.started_at;
