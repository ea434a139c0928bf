disp("Grüße, мир, 你好, 🌍");
disp(fgetl(stdin));
