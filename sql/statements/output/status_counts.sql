-- What the database holds now: files, reports, how many of them the newest run's model has answered for its schema,
-- and values.
with newest_run as (
    select
        model_digest,
        schema_digest
    from run
    where model_digest <> 'review'
    order by run_id desc
    limit 1
)

select
    (select count(*) from v_current_document) as files,
    (select count(*) from v_current_report) as reports,
    (
        select count(*)
        from v_current_report
        where exists (
            select 1
            from extraction
            join newest_run using (model_digest, schema_digest)
            where extraction.report_id = v_current_report.report_id
        )
    ) as answered,
    (select count(*) from v_mention) as mentions;
