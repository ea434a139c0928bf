with recursive counter (number) as (select 1 union all select number + 1 from counter where number < 65536)
select '0123456789abcde' from counter;
