//! Builds anew when the console was: its files are named after their content, so a change is a new
//! name, which the compiler does not know of.

fn main() {
    println!("cargo:rerun-if-changed=../../portal/dist");
}
