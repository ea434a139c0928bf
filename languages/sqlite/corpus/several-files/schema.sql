create table people (name text);
create view greetings as select 'Hello, ' || name || '!' as greeting from people;
