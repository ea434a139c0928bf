fn main() {
    println!("before")
    println!("never");
}
