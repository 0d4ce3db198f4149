-- The adapter of the newest run of a model with a schema, as the user named it; NULL of runs that did not record it.
select settings::json ->> 'adapter' as adapter
from run
where
    model_digest != $review_model
    and schema_name = $schema_name
order by
    started_at desc,
    run_id desc
limit 1;
