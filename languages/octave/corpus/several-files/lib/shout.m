function text = shout(text)
  text = toupper(text);
end
