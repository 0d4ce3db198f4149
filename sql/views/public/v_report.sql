-- One row per report that is there now, with the values of the 29 built-in types as the report has them: a list
-- where a type may have several, NULL where nothing was found or the type was not asked for. Each type comes from the
-- newest extraction that asked for it. Public: no column is ever taken away.
create or replace view v_report as
with current_mention as (
    select
        v_current_question.path as path,
        v_current_question.place as place,
        entity_type,
        mention.ordinal as ordinal,
        mention.value as value
    from v_current_question
    join mention using (extraction_id, entity_type)
)

select
    path,
    v_current_report.report_id as report_id,
    place,
    list(value order by ordinal) filter (where entity_type = 'Location') as location,
    list(value order by ordinal) filter (where entity_type = 'Officer_BadgeNumber') as officer_badge_number,
    list(value order by ordinal) filter (where entity_type = 'Officer_Name') as officer_name,
    list(value order by ordinal) filter (where entity_type = 'Victim_Name') as victim_name,
    list(value order by ordinal) filter (where entity_type = 'Victim_Age') as victim_age,
    list(value order by ordinal) filter (where entity_type = 'Victim_AgeRange') as victim_age_range,
    list(value order by ordinal) filter (where entity_type = 'Victim_Owner') as victim_owner,
    list(value order by ordinal) filter (where entity_type = 'Victim_Manager') as victim_manager,
    list(value order by ordinal) filter (where entity_type = 'Victim_CEO') as victim_ceo,
    list(value order by ordinal) filter (where entity_type = 'Victim_Email') as victim_email,
    list(value order by ordinal) filter (where entity_type = 'Crime_Time') as crime_time,
    list(value order by ordinal) filter (where entity_type = 'Crime_Type') as crime_type,
    min_by(value, ordinal) filter (where entity_type = 'Crime_Summary') as crime_summary,
    list(value order by ordinal) filter (where entity_type = 'Crime_Date') as crime_date,
    min_by(value, ordinal) filter (where entity_type = 'Crime_Status') as crime_status,
    list(value order by ordinal) filter (where entity_type = 'Evidence_Type') as evidence_type,
    list(value order by ordinal) filter (where entity_type = 'Witness_Name') as witness_name,
    list(value order by ordinal) filter (where entity_type = 'Suspect_Description') as suspect_description,
    list(value order by ordinal) filter (where entity_type = 'Suspect_Name') as suspect_name,
    list(value order by ordinal) filter (where entity_type = 'Suspect_Age') as suspect_age,
    list(value order by ordinal) filter (where entity_type = 'Suspect_Race') as suspect_race,
    list(value order by ordinal) filter (where entity_type = 'Victim_Race') as victim_race,
    list(value order by ordinal) filter (where entity_type = 'City') as city,
    list(value order by ordinal) filter (where entity_type = 'Time_Of_Day') as time_of_day,
    list(value order by ordinal) filter (where entity_type = 'Weapon_Type') as weapon_type,
    list(value order by ordinal) filter (where entity_type = 'Shots_Fired') as shots_fired,
    list(value order by ordinal) filter (where entity_type = 'Vehicle_Description') as vehicle_description,
    list(value order by ordinal) filter (where entity_type = 'Property_Stolen') as property_stolen,
    list(value order by ordinal) filter (where entity_type = 'Case_Number') as case_number,
    any_value(page) as page,
    any_value(document_char_start) as document_char_start
from v_current_report
left join current_mention using (path, place)
group by
    path,
    v_current_report.report_id,
    place;
