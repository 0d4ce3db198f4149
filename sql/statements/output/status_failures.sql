-- What still fails, by stage and error.
select
    stage,
    error,
    count(*) as failures
from v_failure
group by all
order by
    failures desc,
    stage,
    error;
