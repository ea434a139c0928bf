say "before";
if True { say "never"
