create table lines (line text);
.import /dev/stdin lines
select 'Grüße, мир, 你好, 🌍';
select line from lines;
