-- Where reports stand: several in one document, each with its place in the document's text and on its pages.

-- In code points. In csv and jsonl, where the report's row begins: NULL for those that were stored before this column.
alter table report add column document_char_start bigint;

-- The page that it begins on, from 1; NULL in formats without pages.
alter table report add column page integer;

update report
set
    document_char_start = 0,
    page = case when document.media_type = 'application/pdf' then 1 end
from document
where
    report.document_id = document.document_id
    and document.media_type not in ('text/csv', 'text/tab-separated-values', 'application/jsonl');

-- The pages of a report that has any. Each ends where the next one begins.
create table report_page (
    report_id varchar not null,
    page integer not null check (page >= 1),  -- in the document
    char_start bigint not null check (char_start >= 0),  -- in code points, into report.text
    is_ocr boolean not null  -- read from an image
);

-- The reports that a document holds: a row each time it is split into others than before, by another column, by another
-- separator or by a newer crimeetl.
create table document_split (
    document_id varchar not null,
    report_ids varchar[] not null,
    run_id varchar not null
);

insert into document_split by name
with newest_report as (
    select *
    from report
    qualify row_number() over (partition by document_id, place order by run_id desc, report_id desc) = 1
)

select
    document_id,
    list(report_id order by place) as report_ids,
    max(run_id) as run_id
from newest_report
group by document_id;
