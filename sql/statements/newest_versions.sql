-- The content that each path was seen with last.
select
    path,
    document_id
from document_version
qualify row_number() over (partition by path order by run_id desc, seen_at desc) = 1;
