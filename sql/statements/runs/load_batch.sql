-- Stores a batch, parents first. Content that is known is left as it is; the rows that hang on an extraction are
-- those of new extractions alone.
insert into document by name
select *
from new_document
anti join document using (document_id);

-- A path has a new version when its content is not that of its newest one, or when an earlier run could not read it
-- or found it missing since: that is what takes the failure off v_failure, and shows the path again.
insert into document_version by name
with newest_version as (
    select
        path,
        document_id,
        run_id
    from document_version
    semi join new_document_version using (path)
    qualify row_number() over (partition by path order by run_id desc, seen_at desc) = 1
)

select new_document_version.*
from new_document_version
left join newest_version using (path)
where
    newest_version.document_id is distinct from new_document_version.document_id
    or exists (
        select 1
        from document_failure
        where
            document_failure.path = new_document_version.path
            and document_failure.place is null
            and document_failure.run_id >= newest_version.run_id
            and document_failure.run_id < new_document_version.run_id
    )
    or exists (
        select 1
        from document_missing
        where
            document_missing.path = new_document_version.path
            and document_missing.run_id >= newest_version.run_id
            and document_missing.run_id < new_document_version.run_id
    );

insert into document_split by name
with newest_split as (
    select
        document_id,
        report_ids
    from document_split
    semi join new_document_split using (document_id)
    qualify row_number() over (partition by document_id order by run_id desc) = 1
)

select new_document_split.*
from new_document_split
left join newest_split using (document_id)
where newest_split.report_ids is distinct from new_document_split.report_ids;

insert into report_page by name
select *
from new_report_page
anti join report using (report_id);

insert into report_line by name
select *
from new_report_line
anti join report using (report_id);

insert into report by name
select *
from new_report
anti join report using (report_id);

insert into document_failure by name
select *
from new_document_failure
where not exists (
    select 1
    from document_failure
    where
        document_failure.run_id = new_document_failure.run_id
        and document_failure.path = new_document_failure.path
        and document_failure.place is not distinct from new_document_failure.place
        and document_failure.stage = new_document_failure.stage
);
