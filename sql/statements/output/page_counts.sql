-- What a page begins with: files, reports, values, and what still fails.
select
    (select count(*) from v_current_document) as files,
    (select count(*) from v_current_report) as reports,
    (
        select count(*)
        from v_current_mention
        join mention using (mention_id)
        where mention.is_stated
    ) as mentions,
    (select count(*) from v_failure) as failures;
