-- The secret that pseudonyms are made with: the same name has the same pseudonym throughout this database, and nobody
-- without the database can tell whose it is. One row, written when the database is brought up to date.
create table pseudonym_secret (
    secret varchar not null
);
