disp("before");
if (true disp("never");
