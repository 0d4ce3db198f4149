-- Every path that is there or still fails.
select path
from v_current_document
union
select path
from v_failure;
