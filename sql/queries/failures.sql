-- What could not be read or extracted and still fails, by file.
select
    path,
    place,
    stage,
    error,
    message,
    failed_at
from v_failure
order by
    path,
    place nulls first;
