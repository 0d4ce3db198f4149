-- The reports that are there now with their text and values, the first of them in the order of paths.
with shown as (
    select
        path,
        place,
        document_id,
        report_id
    from v_current_report
    order by
        path,
        place
    limit $limit
),

found as (
    select
        v_current_mention.path as path,
        v_current_mention.place as place,
        list(
            {
                'entity_type': mention.entity_type,
                'value': mention.value,
                'char_start': mention.char_start,
                'char_end': mention.char_end,
                'normalised': mention.normalised,
                'confidence': mention.confidence,
                'source': mention.source
            }
            order by mention.char_start nulls last, mention.char_end desc, mention.entity_type, mention.ordinal
        ) as mentions
    from v_current_mention
    join mention using (mention_id)
    where mention.is_stated
    group by
        v_current_mention.path,
        v_current_mention.place
)

select
    shown.path as path,
    shown.place as place,
    report.text as text,
    coalesce(found.mentions, []) as mentions
from shown
join report using (document_id, report_id)
left join found
    on
        shown.path = found.path
        and shown.place = found.place
order by
    shown.path,
    shown.place;
