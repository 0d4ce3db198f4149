-- How many values of each type are stated, and how sure they are: surely right, likely, in doubt, or given by a column or
-- a person.
select
    mention.entity_type as entity_type,
    count(*) as value_count,
    count(distinct v_current_mention.report_id) as report_count,
    count(*) filter (where mention.confidence >= 0.9) as sure_count,
    count(*) filter (where mention.confidence >= 0.5 and mention.confidence < 0.9) as likely_count,
    count(*) filter (where mention.confidence < 0.5) as doubtful_count,
    count(*) filter (where mention.confidence is null) as given_count
from v_current_mention
join mention using (mention_id)
where mention.is_stated
group by mention.entity_type
order by
    value_count desc,
    mention.entity_type;
