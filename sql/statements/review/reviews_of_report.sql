-- All that people did to a report, in its order.
select
    review_id,
    report_id,
    schema_digest,
    entity_type,
    verdict,
    value,
    char_start,
    char_end,
    new_value,
    new_char_start,
    new_char_end,
    mention_id,
    undone_review_id,
    picked_by,
    reviewer,
    reviewed_at
from review
where report_id = $report_id
order by review_id;
