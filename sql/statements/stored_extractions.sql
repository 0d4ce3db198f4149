-- Those of the extractions that are stored already.
select extraction_id
from extraction
where list_contains($extraction_ids, extraction_id);
