-- The runs of one host that have not ended as far as the database knows.
select
    run_id,
    process_id,
    model_digest,
    schema_digest,
    settings
from run
where
    status = 'running'
    and host_name = $host_name;
