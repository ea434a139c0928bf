mod greet;
mod text;

fn main() {
    println!("{}", greet::greet("Ada"));
    println!("{}", text::shout::shout(&greet::greet("Ada")));
}
