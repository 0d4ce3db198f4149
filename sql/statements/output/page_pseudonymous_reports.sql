-- The reports that are there now by their values without what tells who someone is: no text and no path. In the order of
-- their ids, which tells nothing either.
with told as (
    select distinct
        report_id,
        entity_type,
        ordinal,
        pseudonymous_value,
        confidence
    from v_pseudonymous_mention
    where
        is_stated
        and pseudonymous_value is not null
)

select
    report_id,
    list(
        {
            'entity_type': entity_type,
            'value': pseudonymous_value,
            'confidence': confidence
        }
        order by entity_type, ordinal, pseudonymous_value
    ) as mentions
from told
group by report_id
order by report_id
limit $limit;
