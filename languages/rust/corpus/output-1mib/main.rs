fn main() {
    for _ in 0..65536 {
        println!("0123456789abcde");
    }
}
