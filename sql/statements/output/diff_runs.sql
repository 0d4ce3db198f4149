-- What two runs answered about the reports and questions that both were asked, a row where their values differ. Values
-- are compared as sets with counts: another order is no difference.
with newest as (
    select *
    from extraction
    where run_id in ($first, $second)
    -- A review stores the answers anew with each thing that a person does.
    qualify
        row_number() over (
            partition by run_id, report_id, schema_digest
            order by extracted_at desc, extraction_id desc
        ) = 1
),

answered as (
    select
        newest.run_id as run_id,
        newest.report_id as report_id,
        answer.entity_type as entity_type,
        coalesce(list(mention.value order by mention.value) filter (where mention.value is not null), []) as found
    from newest
    join answer using (extraction_id)
    left join mention
        on
            answer.extraction_id = mention.extraction_id
            and answer.entity_type = mention.entity_type
    group by
        newest.run_id,
        newest.report_id,
        answer.entity_type
),

paths as (
    select
        document_id,
        min(path) as path
    from document_version
    group by document_id
)

select
    paths.path as path,
    report.place as place,
    one.entity_type as entity_type,
    one.found as first_run,
    other.found as second_run
from answered as one
join answered as other
    on
        one.report_id = other.report_id
        and one.entity_type = other.entity_type
        and one.run_id = $first
        and other.run_id = $second
join report on one.report_id = report.report_id
join paths on report.document_id = paths.document_id
order by
    paths.path,
    report.place,
    one.entity_type;
