-- A report that is there now, where it stands, and the newest answers of a model to it. Asks for this one alone, which the
-- views of all reports would take long to find.
with version_of_path as (
    select *
    from document_version
    where
        path in (
            select document_version.path
            from document_version
            join report using (document_id)
            where report.report_id = $report_id
        )
    qualify row_number() over (partition by path order by run_id desc, seen_at desc) = 1
),

split_of_document as (
    select
        document_id,
        report_ids
    from document_split
    where
        document_id in (
            select document_id
            from report
            where report_id = $report_id
        )
    qualify row_number() over (partition by document_id order by run_id desc) = 1
)

select
    report.report_id as report_id,
    version_of_path.path as path,
    report.place as place,
    report.document_id as document_id,
    report.text as text,
    extraction.extraction_id as extraction_id,
    extraction.schema_digest as schema_digest,
    run.model_name as model_name,
    extraction.report_tokens as report_tokens,
    extraction.answer_tokens as answer_tokens,
    extraction.window_count as window_count
from report
join split_of_document using (document_id)
join version_of_path using (document_id)
join extraction using (report_id)
join run on extraction.run_id = run.run_id
where
    report.report_id = $report_id
    and list_contains(split_of_document.report_ids, $report_id)
    and extraction.model_digest <> 'review'
    and not exists (
        select 1
        from document_missing
        where
            document_missing.path = version_of_path.path
            and document_missing.run_id >= version_of_path.run_id
    )
order by
    extraction.run_id desc,
    extraction.extraction_id desc,
    version_of_path.path
limit 1;
