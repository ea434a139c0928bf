use std::io::{self, BufRead};

fn main() {
    for (index, line) in io::stdin().lock().lines().enumerate() {
        println!("{}: {}", index + 1, line.unwrap().to_uppercase());
    }
}
