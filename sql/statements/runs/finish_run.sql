-- A run ends.
update run
set
    status = $status,
    ended_at = greatest(started_at, $ended_at::timestamp),
    reports_done = $reports_done,
    mentions = $mentions,
    skipped = $skipped,
    failed = $failed
where run_id = $run_id
returning run_id;
