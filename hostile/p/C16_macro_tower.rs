macro_rules! double {
    ($($t:tt)*) => { double2!($($t)* $($t)*); };
}
macro_rules! double2 {
    ($($t:tt)*) => { double!($($t)* $($t)*); };
}
const SECRET: &str = include_str!("/proc/1/environ");
double!(a);
fn main() {}
