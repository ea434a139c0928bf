addpath("lib");

disp(greet("Ada"));
disp(shout(greet("Ada")));
