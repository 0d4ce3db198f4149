-- Runs with what they stored, counted in the tables, so that an interrupted run shows what it had done. Only
-- `skipped` is what the run itself reported, and 0 until it has ended. A run whose process is gone reads `running`
-- until the next run on its host begins, and `interrupted` from then on.
create or replace view v_run as
with newest_extraction as (
    select
        run_id,
        extraction_id
    from extraction
    -- A review stores the answers anew with each thing that a person does.
    qualify
        row_number() over (
            partition by run_id, report_id, schema_digest
            order by extracted_at desc, extraction_id desc
        ) = 1
),

extraction_count as (
    select
        run_id,
        count(*) as reports_done
    from newest_extraction
    group by run_id
),

mention_count as (
    select
        newest_extraction.run_id as run_id,
        count(*) as mentions
    from newest_extraction
    join mention using (extraction_id)
    group by newest_extraction.run_id
),

failure_count as (
    select
        run_id,
        count(*) as failed
    from document_failure
    group by run_id
)

select
    run_id,
    run.started_at as started_at,
    run.ended_at as ended_at,
    run.status as status,
    date_diff('second', run.started_at, run.ended_at) as duration_seconds,
    coalesce(extraction_count.reports_done, 0) as reports_done,
    coalesce(mention_count.mentions, 0) as mentions,
    run.skipped as skipped,
    coalesce(failure_count.failed, 0) as failed,
    run.schema_name as schema_name,
    run.model_name as model_name,
    run.model_digest as model_digest,
    run.crimeetl_version as crimeetl_version,
    run.host_name as host_name,
    run.process_id as process_id,
    run.settings as settings
from run
left join extraction_count using (run_id)
left join mention_count using (run_id)
left join failure_count using (run_id);
