-- The content of each path that is there.
select
    path,
    document_id
from v_current_document;
