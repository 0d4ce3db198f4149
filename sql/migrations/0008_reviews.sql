-- What people say of values: corrections beside the model's answers, never in their place.

-- One thing that a person did. Rows are only ever inserted; to undo is to say so.
create table review (
    review_id varchar not null,  -- sorts by time
    report_id varchar not null,
    schema_digest varchar not null,  -- whose questions were shown
    entity_type varchar,  -- NULL where it is about the report as a whole
    verdict varchar not null check (
        verdict in ('accepted', 'rejected', 'changed', 'added', 'absent', 'done', 'reopened', 'undone')
    ),
    value varchar,  -- that it is about, and where it stands: NULL where a value is added
    char_start bigint check (char_start >= 0),
    char_end bigint check (char_end > char_start),
    new_value varchar,  -- that was added, or put in its place
    new_char_start bigint check (new_char_start >= 0),
    new_char_end bigint check (new_char_end > new_char_start),
    mention_id varchar,  -- that was shown
    undone_review_id varchar,  -- that no longer counts
    picked_by varchar not null check (picked_by in ('unsure', 'random', 'hand')),  -- why this report was looked at
    reviewer varchar not null,
    run_id varchar not null,  -- of the review
    reviewed_at timestamp not null
);

-- Whether a person has looked at the question: such an answer holds whatever a model says later.
alter table answer add column is_reviewed boolean default false;

update answer
set is_reviewed = false;

alter table answer alter column is_reviewed set not null;

-- What an answer of kind "choice" may be; NULL in schemas that were stored before this column.
alter table entity_type add column choices varchar[];
