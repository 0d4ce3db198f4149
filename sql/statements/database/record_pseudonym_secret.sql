-- Keeps the secret that pseudonyms are made with.
insert into pseudonym_secret (secret) values ($secret);
