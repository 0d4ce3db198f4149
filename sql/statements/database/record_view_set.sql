-- Records a set of views in the transaction that creates them.
insert into view_set by name
select
    $sha256 as sha256,
    $applied_at as applied_at;
