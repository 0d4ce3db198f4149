-- How long the ended runs of one model and schema took for each token of the reports that they extracted; NULL before
-- the first. Tokens are those of the report alone, so that a report not yet asked about can be measured alike.
with tokens as (
    select
        run_id,
        sum(report_tokens) as report_tokens
    from extraction
    group by run_id
)

select sum(epoch(run.ended_at - run.started_at)) / sum(tokens.report_tokens) as seconds_a_token
from run
join tokens using (run_id)
where
    run.status = 'done'
    and run.model_digest = $model_digest
    and run.schema_digest = $schema_digest;
