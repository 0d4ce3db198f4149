-- The values that most need a second look: those with a confidence below one half, the least certain first.
select
    confidence,
    entity_type,
    value,
    path,
    place,
    char_start,
    char_end
from v_mention
where confidence < 0.5
order by
    confidence,
    path,
    place,
    entity_type,
    ordinal
limit 200;
