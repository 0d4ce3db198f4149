-- Every extraction has its report, its run and its schema.
select
    extraction.extraction_id as extraction_id,
    extraction.report_id as report_id,
    extraction.run_id as run_id,
    extraction.schema_digest as schema_digest
from extraction
left join report
    on extraction.report_id = report.report_id
left join run
    on extraction.run_id = run.run_id
left join entity_schema
    on extraction.schema_digest = entity_schema.schema_digest
where
    report.report_id is null
    or run.run_id is null
    or entity_schema.schema_digest is null;
