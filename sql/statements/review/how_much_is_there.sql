-- What changes when files are read or answered: as long as it is the same, so are the reports.
select
    (select count(*) from extraction where model_digest <> 'review') as extractions,
    (select count(*) from document_version) as versions,
    (select count(*) from document_split) as splits,
    (select count(*) from document_missing) as missing;
