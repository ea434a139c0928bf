def shout(text) = text.upcase
