.read schema.sql
.read lib/people.sql

select greeting from greetings;
select upper(greeting) from greetings;
