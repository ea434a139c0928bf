select 'before';
select * from missing;
select 'never';
