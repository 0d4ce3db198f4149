-- Where values come from, and where on a page they stand.

-- The model's answer, or a cell whose heading says what it holds.
alter table mention add column source varchar default 'model';

update mention
set source = 'model';

alter table mention alter column source set not null;

-- NULL for a question that the model was not asked: a column gives its values, or there is no prose to ask about.
alter table answer alter column presence drop not null;

-- The lines of a report that stand on a page. Points, from the page's upper left corner as it is shown.
create table report_line (
    report_id varchar not null,
    char_start bigint not null check (char_start >= 0),  -- half-open, in code points, into report.text
    char_end bigint not null check (char_end > char_start),
    page integer not null check (page >= 1),  -- in the document
    left_points float not null,
    top_points float not null,
    right_points float not null,
    bottom_points float not null
);
