#include <iostream>

int main() {
    std::cout << "before\n"
}
