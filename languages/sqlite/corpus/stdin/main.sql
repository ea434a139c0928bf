create table lines (line text);
.import /dev/stdin lines
select rowid || ': ' || upper(line) from lines order by rowid;
