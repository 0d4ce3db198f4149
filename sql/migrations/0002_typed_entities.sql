-- Typed entities: what the words of a crime type, a date, a name and a place say, part by part. NULL where that is not
-- certain; the verbatim value stays beside it.

-- The codes, as the FBI names them.
create table nibrs_offense (
    nibrs_code varchar primary key,
    name varchar not null,
    nibrs_group varchar not null check (nibrs_group in ('A', 'B')),
    crime_against varchar not null check (crime_against in ('person', 'property', 'society', 'not a crime', 'any'))
);

insert into nibrs_offense (nibrs_code, name, nibrs_group, crime_against) values
    ('720', 'Animal Cruelty', 'A', 'society'),
    ('200', 'Arson', 'A', 'property'),
    ('13A', 'Aggravated Assault', 'A', 'person'),
    ('13B', 'Simple Assault', 'A', 'person'),
    ('13C', 'Intimidation', 'A', 'person'),
    ('510', 'Bribery', 'A', 'property'),
    ('220', 'Burglary/Breaking & Entering', 'A', 'property'),
    ('250', 'Counterfeiting/Forgery', 'A', 'property'),
    ('290', 'Destruction/Damage/Vandalism of Property', 'A', 'property'),
    ('35A', 'Drug/Narcotic Violations', 'A', 'society'),
    ('35B', 'Drug Equipment Violations', 'A', 'society'),
    ('270', 'Embezzlement', 'A', 'property'),
    ('210', 'Extortion/Blackmail', 'A', 'property'),
    ('26A', 'False Pretenses/Swindle/Confidence Game', 'A', 'property'),
    ('26B', 'Credit Card/Automated Teller Machine Fraud', 'A', 'property'),
    ('26C', 'Impersonation', 'A', 'property'),
    ('26D', 'Welfare Fraud', 'A', 'property'),
    ('26E', 'Wire Fraud', 'A', 'property'),
    ('26F', 'Identity Theft', 'A', 'property'),
    ('26G', 'Hacking/Computer Invasion', 'A', 'property'),
    ('39A', 'Betting/Wagering', 'A', 'society'),
    ('39B', 'Operating/Promoting/Assisting Gambling', 'A', 'society'),
    ('39C', 'Gambling Equipment Violations', 'A', 'society'),
    ('39D', 'Sports Tampering', 'A', 'society'),
    ('09A', 'Murder and Nonnegligent Manslaughter', 'A', 'person'),
    ('09B', 'Negligent Manslaughter', 'A', 'person'),
    ('09C', 'Justifiable Homicide', 'A', 'not a crime'),
    ('64A', 'Human Trafficking, Commercial Sex Acts', 'A', 'person'),
    ('64B', 'Human Trafficking, Involuntary Servitude', 'A', 'person'),
    ('100', 'Kidnapping/Abduction', 'A', 'person'),
    ('23A', 'Pocket-picking', 'A', 'property'),
    ('23B', 'Purse-snatching', 'A', 'property'),
    ('23C', 'Shoplifting', 'A', 'property'),
    ('23D', 'Theft From Building', 'A', 'property'),
    ('23E', 'Theft From Coin-Operated Machine or Device', 'A', 'property'),
    ('23F', 'Theft From Motor Vehicle', 'A', 'property'),
    ('23G', 'Theft of Motor Vehicle Parts or Accessories', 'A', 'property'),
    ('23H', 'All Other Larceny', 'A', 'property'),
    ('240', 'Motor Vehicle Theft', 'A', 'property'),
    ('370', 'Pornography/Obscene Material', 'A', 'society'),
    ('40A', 'Prostitution', 'A', 'society'),
    ('40B', 'Assisting or Promoting Prostitution', 'A', 'society'),
    ('40C', 'Purchasing Prostitution', 'A', 'society'),
    ('120', 'Robbery', 'A', 'property'),
    ('11A', 'Rape', 'A', 'person'),
    ('11B', 'Sodomy', 'A', 'person'),
    ('11C', 'Sexual Assault With An Object', 'A', 'person'),
    ('11D', 'Fondling', 'A', 'person'),
    ('36A', 'Incest', 'A', 'person'),
    ('36B', 'Statutory Rape', 'A', 'person'),
    ('280', 'Stolen Property Offenses', 'A', 'property'),
    ('520', 'Weapon Law Violations', 'A', 'society'),
    ('90A', 'Bad Checks', 'B', 'property'),
    ('90B', 'Curfew/Loitering/Vagrancy Violations', 'B', 'society'),
    ('90C', 'Disorderly Conduct', 'B', 'society'),
    ('90D', 'Driving Under the Influence', 'B', 'society'),
    ('90E', 'Drunkenness', 'B', 'society'),
    ('90F', 'Family Offenses, Nonviolent', 'B', 'person'),
    ('90G', 'Liquor Law Violations', 'B', 'society'),
    ('90H', 'Peeping Tom', 'B', 'society'),
    ('90J', 'Trespass of Real Property', 'B', 'society'),
    ('90Z', 'All Other Offenses', 'B', 'any');

alter table offense add column nibrs_code varchar;  -- NULL when the type's words name no code, or several

-- The interval that date and time leave open, both ends included, on the local wall clock.
alter table offense add column occurred_from timestamp;
alter table offense add column occurred_until timestamp;
alter table offense add column occurred_precision varchar;  -- minute, minutes, day, days or month
alter table offense add column is_approximate boolean;  -- "on or about" and the like

alter table person add column given_name varchar;
alter table person add column middle_names varchar;
alter table person add column family_name varchar;
alter table person add column name_suffix varchar;  -- Jr., III and the like

alter table officer add column given_name varchar;
alter table officer add column middle_names varchar;
alter table officer add column family_name varchar;
alter table officer add column name_suffix varchar;

alter table location add column house_number varchar;
alter table location add column street varchar;  -- in full spelling: "North Oak Street" for "N Oak St."
alter table location add column unit varchar;
alter table location add column block integer;
alter table location add column crossing varchar;  -- the other street
alter table location add column landmark varchar;
alter table location add column parsed_city varchar;  -- cut out of the address; "city" is one that stands by itself
alter table location add column state varchar;  -- two letters
alter table location add column postal_code varchar;
