#include "shout.hpp"

#include <cctype>

std::string shout(std::string text) {
    for (char &c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}
