-- Whether one model has answered any report for one schema.
select exists(
    select 1
    from extraction
    where
        model_digest = $model_digest
        and schema_digest = $schema_digest
);
