-- Those of the reports that one model has answered for one schema.
select distinct report_id
from extraction
where
    model_digest = $model_digest
    and schema_digest = $schema_digest
    and list_contains($report_ids, report_id);
