-- How many victims are in each age group, by age where one is stated and by the report's own words elsewhere.
select
    case
        when age < 13 then 'Child'
        when age < 18 then 'Teenager'
        when age < 31 then 'Young Adult'
        when age < 65 then 'Adult'
        when age is not null then 'Senior'
        else coalesce(age_range, 'not stated')
    end as age_group,
    count(distinct (report_id, ordinal)) as victim_count,
    min(age) as youngest_years,
    max(age) as oldest_years
from v_person
where role = 'victim'
group by age_group
order by
    youngest_years nulls last,
    age_group;
