-- The tables. Rows are only ever inserted; `run` alone is updated, when it ends.
--
-- Ids are logical: no foreign keys, for with them DuckDB 2.0 refuses to delete a parent in the transaction of its
-- children. Long tables have no primary key, whose index every batch would have to maintain: loading skips what is
-- there already, and sql/checks/ids_are_unique.sql proves it. Instants are UTC.

-- Which migrations this database has had.
create table schema_migration (
    version integer primary key,
    name varchar not null,
    sha256 varchar not null,  -- of the migration's file
    applied_at timestamp not null
);

-- Which set of views this database has: the newest row counts.
create table view_set (
    sha256 varchar not null,  -- of all files under sql/views
    applied_at timestamp not null
);

-- One execution of `crimeetl ingest`.
create table run (
    run_id varchar primary key,  -- sorts by time
    started_at timestamp not null,
    ended_at timestamp check (ended_at >= started_at),  -- NULL while running
    status varchar not null check (status in ('running', 'done', 'interrupted', 'failed')),
    host_name varchar not null,
    process_id bigint not null,
    crimeetl_version varchar not null,
    model_digest varchar not null,  -- of base, adapter, dtype and quantisation together
    model_name varchar not null,  -- in words for people
    schema_name varchar not null,
    schema_digest varchar not null,
    settings varchar not null,  -- JSON
    reports_done bigint not null default 0 check (reports_done >= 0),
    mentions bigint not null default 0 check (mentions >= 0),
    skipped bigint not null default 0 check (skipped >= 0),  -- reports that had their answers already
    failed bigint not null default 0 check (failed >= 0)
);

-- A list of entity types that runs have asked for.
create table entity_schema (
    schema_digest varchar primary key,
    name varchar not null  -- two digests of one name are two editions of one schema
);

-- The entity types of each schema.
create table entity_type (
    schema_digest varchar not null,
    entity_type varchar not null,
    ordinal integer not null check (ordinal >= 0),  -- the order of asking
    column_name varchar not null,
    kind varchar not null,
    is_multiple boolean not null,
    normaliser varchar not null,
    primary key (schema_digest, entity_type)
);

-- The content of a file; copies of it share one row.
create table document (
    document_id varchar not null,  -- hash of the file's bytes
    media_type varchar not null,
    encoding varchar,  -- NULL for binary formats
    has_byte_order_mark boolean not null,
    size_bytes bigint not null check (size_bytes >= 0),
    run_id varchar not null  -- the first run to see it
);

-- What a path held, and when: a row each time it is seen with content other than its newest version, or seen again
-- after it could not be read.
create table document_version (
    path varchar not null,
    document_id varchar not null,
    run_id varchar not null,
    seen_at timestamp not null
);

-- One crime report: the text that every offset refers to.
create table report (
    report_id varchar not null,  -- hash of document, place and text
    document_id varchar not null,
    place integer not null check (place >= 0),  -- 0 for a whole file, else the row's number from 0
    text varchar not null,
    run_id varchar not null  -- the first run to see it
);

-- All answers that one run got for one report; a report that failed has none.
create table extraction (
    extraction_id varchar not null,  -- hash of run, report and schema
    run_id varchar not null,
    report_id varchar not null,
    schema_digest varchar not null,
    model_digest varchar not null,
    extracted_at timestamp not null,
    report_tokens bigint not null check (report_tokens >= 0),
    answer_tokens bigint not null check (answer_tokens >= 0),  -- that the model chose, forced ones not counted
    window_count integer not null check (window_count >= 1)
);

-- The answer to one question. One that has no mention records that the report does not state it.
create table answer (
    extraction_id varchar not null,
    entity_type varchar not null,
    mention_count integer not null check (mention_count >= 0),
    presence double not null check (presence between 0 and 1),  -- the model's probability that something is stated
    is_cut boolean not null  -- the token limit ended it: values after the last whole one may be missing
);

-- One extracted value, as the report has it.
create table mention (
    mention_id varchar not null,  -- hash of extraction, type and ordinal
    extraction_id varchar not null,
    entity_type varchar not null,
    ordinal integer not null check (ordinal >= 0),
    value varchar not null,
    char_start bigint check (char_start >= 0),  -- half-open, in code points; NULL for a choice, which is not copied
    char_end bigint check (char_end > char_start),
    normalised varchar,  -- NULL when the value says nothing is stated or cannot be read with certainty
    is_stated boolean not null,  -- false for "Not provided", "N/A" and the like
    confidence double check (confidence between 0 and 1)  -- NULL when the adapter carries no calibration
);

-- What could not be done, and why.
create table document_failure (
    run_id varchar not null,
    path varchar not null,
    place integer,  -- NULL when the whole file failed
    stage varchar not null check (stage in ('read', 'split', 'extract')),
    error varchar not null,  -- the error's class
    message varchar not null,
    failed_at timestamp not null
);

-- The tables below are what the mentions of the built-in types say, in typed columns. A column is NULL when nothing
-- is stated, when it cannot be read with certainty, or when it cannot be told which row it belongs to.
-- mention_id is the mention that names the row; other_mention_ids are those that its other columns come from.

-- Someone in a report. The same human in two reports is two rows.
create table person (
    person_id varchar not null,
    extraction_id varchar not null,
    role varchar not null check (role in ('victim', 'witness', 'owner', 'manager', 'ceo', 'suspect')),
    ordinal integer not null check (ordinal >= 0),
    name varchar,  -- as written
    normalised_name varchar,  -- "John A. Smith" for "Mr. SMITH, JOHN A."
    age integer check (age between 0 and 130),  -- years
    age_range varchar,
    race varchar,
    email varchar,
    mention_id varchar not null,
    other_mention_ids varchar[] not null
);

-- A police officer in a report.
create table officer (
    officer_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    name varchar,  -- as written
    normalised_name varchar,  -- without rank and badge
    badge_number varchar,  -- leading zeros kept
    mention_id varchar not null,
    other_mention_ids varchar[] not null
);

-- A crime in a report: a row for each type of crime, or a single one without type when only the rest is stated.
create table offense (
    offense_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    type varchar,  -- as written
    normalised_type varchar,  -- in lower case, white space folded
    summary varchar,
    occurred_on date,
    occurred_at time,  -- on the local wall clock
    time_of_day varchar,
    status varchar check (
        status in (
            'open',
            'under_investigation',
            'suspended',
            'referred',
            'closed',
            'cleared_by_arrest',
            'cleared_exceptionally',
            'unfounded'
        )
    ),
    status_text varchar,  -- as written
    shots_fired integer check (shots_fired >= 0),
    case_number varchar,
    mention_id varchar not null,
    other_mention_ids varchar[] not null
);

-- A place in a report.
create table location (
    location_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    address varchar,  -- as written
    city varchar,  -- as written; from a city of its own, never cut out of the address
    mention_id varchar not null,
    other_mention_ids varchar[] not null
);

-- A piece of evidence in a report.
create table evidence (
    evidence_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    description varchar not null,  -- as written
    mention_id varchar not null
);

-- What a suspect looks like; suspects with a name, an age or a race are persons.
create table suspect (
    suspect_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    description varchar not null,  -- as written
    mention_id varchar not null
);

-- A weapon in a report.
create table weapon (
    weapon_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    description varchar not null,  -- as written
    mention_id varchar not null
);

-- A vehicle in a report.
create table vehicle (
    vehicle_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    description varchar not null,  -- as written
    mention_id varchar not null
);

-- Something stolen in a report.
create table property (
    property_id varchar not null,
    extraction_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    description varchar not null,  -- as written
    mention_id varchar not null
);
