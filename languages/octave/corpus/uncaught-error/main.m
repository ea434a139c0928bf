disp("before");

function fail()
  error("boom");
end

fail();
