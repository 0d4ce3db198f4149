-- What people did names a report, a type that its schema has, and words that stand in the text where it says; what is
-- taken back was done before.
select
    review.review_id as review_id,
    review.verdict as verdict
from review
left join report using (report_id)
left join entity_type using (schema_digest, entity_type)
left join run on review.run_id = run.run_id
left join review as undone on review.undone_review_id = undone.review_id
where
    report.text is null
    or run.run_id is null
    or (review.entity_type is not null and entity_type.ordinal is null)
    or (review.entity_type is null and review.verdict not in ('done', 'reopened', 'undone'))
    or (review.verdict in ('accepted', 'rejected', 'changed')) <> (review.value is not null)
    or (review.verdict in ('added', 'changed')) <> (review.new_value is not null)
    or (review.verdict = 'undone') <> (review.undone_review_id is not null)
    or (
        review.char_start is not null
        and substring(report.text, review.char_start + 1, review.char_end - review.char_start) <> review.value
    )
    or (
        review.new_char_start is not null
        and substring(
            report.text,
            review.new_char_start + 1,
            review.new_char_end - review.new_char_start
        ) <> review.new_value
    )
    or (review.verdict = 'undone' and coalesce(undone.review_id >= review.review_id, true));
