-- What each report that is there now says of where and when: the first police agency that its text names, the cities,
-- the year, of the offense or else of the case number ("2024-00123", "24-00123"), and the case numbers.
with named_cities as (
    select
        report_id,
        list(distinct coalesce(parsed_city, city)) as cities
    from v_location
    where coalesce(parsed_city, city) is not null
    group by report_id
),

offenses as (
    select
        report_id,
        coalesce(
            min(year(coalesce(occurred_from, occurred_on))),
            min(
                try_cast(
                    regexp_extract(
                        case_number,
                        $case_number_year,
                        1
                    ) as integer
                )
            ),
            min(2000 + try_cast(regexp_extract(case_number, $case_number_short_year, 1) as integer))
        ) as year,
        list(distinct case_number) filter (where case_number is not null) as case_numbers
    from v_offense
    group by report_id
)

select distinct
    report_id,
    nullif(
        regexp_extract(
            report.text,
            $agency
        ),
        ''
    ) as agency,
    named_cities.cities as cities,
    offenses.year as year,
    offenses.case_numbers as case_numbers
from v_current_report
join report using (report_id)
left join named_cities using (report_id)
left join offenses using (report_id)
order by report_id;
