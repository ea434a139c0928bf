fn main() {
    println!("before");
    let broken: Result<(), &str> = Err("boom");
    broken.unwrap();
}
