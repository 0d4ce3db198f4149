-- Records a migration in the transaction that applies it.
insert into schema_migration by name
select
    $version as version,
    $name as name,
    $sha256 as sha256,
    $applied_at as applied_at;
