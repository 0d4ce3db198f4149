-- The crimes of the reports that are there now.
create or replace view v_offense as
select
    v_current_mention.path as path,
    v_current_mention.place as place,
    v_current_mention.document_id as document_id,
    v_current_mention.report_id as report_id,
    v_current_mention.run_id as run_id,
    offense.offense_id as offense_id,
    offense.ordinal as ordinal,
    offense.type as type,
    offense.normalised_type as normalised_type,
    nibrs_code,
    nibrs_offense.name as nibrs_name,
    nibrs_offense.crime_against as crime_against,
    offense.summary as summary,
    offense.occurred_on as occurred_on,
    offense.occurred_at as occurred_at,
    offense.occurred_from as occurred_from,
    offense.occurred_until as occurred_until,
    offense.occurred_precision as occurred_precision,
    offense.is_approximate as is_approximate,
    offense.time_of_day as time_of_day,
    offense.status as status,
    offense.status_text as status_text,
    offense.shots_fired as shots_fired,
    offense.case_number as case_number,
    offense.other_mention_ids as other_mention_ids,
    mention_id
from offense
join v_current_mention using (extraction_id, mention_id)
left join nibrs_offense using (nibrs_code);
