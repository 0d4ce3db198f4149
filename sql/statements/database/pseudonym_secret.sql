-- The secret that pseudonyms are made with, if there is one yet.
select secret
from pseudonym_secret;
