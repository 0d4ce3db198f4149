-- Which entities are one. The entities stay as they are: a link run says which of them it puts together, and the
-- newest counts.

-- One execution of `crimeetl link` that came to another result than the one before.
create table link_run (
    link_run_id integer primary key,  -- 1, 2, 3 ...
    linked_at timestamp not null,
    crimeetl_version varchar not null,
    model_digest varchar not null,  -- of the pre-trained model
    threshold double not null check (threshold between 0 and 1),  -- the least probability that two people are one
    result_digest varchar not null  -- of the rows below: equal digest, equal result
);

-- Two entities that are one, and why. The links of a cluster connect all its members.
create table entity_link (
    link_run_id integer not null,
    kind varchar not null check (kind in ('person', 'officer', 'location')),
    left_id varchar not null,  -- person_id, officer_id or location_id
    right_id varchar not null,
    reason varchar not null check (reason in ('same report', 'model', 'badge', 'name', 'place')),
    match_weight double  -- log2 of the odds that they are one; NULL where a rule says so
);

-- The entity that each stands for. One that is not here stands for itself.
create table resolved_entity (
    link_run_id integer not null,
    kind varchar not null check (kind in ('person', 'officer', 'location')),
    entity_id varchar not null,
    resolved_id varchar not null  -- the least id of those that are one
);
