-- Paths that were looked for and are gone.
insert into document_missing by name
select *
from new_document_missing;
