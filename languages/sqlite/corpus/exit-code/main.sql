select 'before';
.exit 3
