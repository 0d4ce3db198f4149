-- Answers that the token limit ended, so that values may be missing.
select
    path,
    place,
    entity_type,
    mention_count
from v_current_question
where is_cut
order by
    path,
    place,
    entity_type;
