-- What people did to values, the newest first; what was taken back is left out.
select
    review.reviewed_at as reviewed_at,
    review.reviewer as reviewer,
    review.verdict as verdict,
    review.entity_type as entity_type,
    review.value as value,
    review.new_value as new_value,
    min(v_current_report.path) as path,
    arg_min(v_current_report.place, v_current_report.path) as place
from review
join v_current_report using (report_id)
where
    review.verdict <> 'undone'
    and not exists (
        select 1
        from review as other
        where other.undone_review_id = review.review_id
    )
group by all
order by
    reviewed_at desc,
    path,
    place
limit 200;
