use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    println!("Grüße, мир, 你好, 🌍");
    print!("{line}");
}
