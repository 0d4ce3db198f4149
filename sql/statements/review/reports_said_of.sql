-- How far people are with each report of which somebody said something.
with undone as (
    select undone_review_id
    from review
    where verdict = 'undone'
)

select
    report_id,
    if(
        arg_max(verdict, review_id) filter (where verdict in ('done', 'reopened')) = 'done', 'done', 'in review'
    ) as status,
    arg_max(picked_by, review_id) filter (where verdict = 'done') as picked_by
from review
where
    verdict <> 'undone'
    and review_id not in (from undone)
group by report_id;
