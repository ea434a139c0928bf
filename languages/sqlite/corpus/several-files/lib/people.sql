insert into people values ('Ada');
