-- Runs whose process is gone end as interrupted, at the last moment they are known to have worked.
update run
set
    status = 'interrupted',
    ended_at = coalesce(
        (
            select max(extracted_at)
            from extraction
            where extraction.run_id = run.run_id
        ),
        started_at
    )
where list_contains($run_ids, run_id);
