#include "greet.hpp"
#include "lib/shout.hpp"

#include <iostream>

int main() {
    std::cout << greet("Ada") << '\n' << shout(greet("Ada")) << '\n';
}
