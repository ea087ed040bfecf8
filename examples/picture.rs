//! Turns what a terminal shows into an SVG: `planproof verify PLANS.md --color always | picture > picture.svg`.
//! The picture in README.md is made so.

use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut shown = String::new();
    io::stdin().read_to_string(&mut shown)?;
    io::stdout().write_all(anstyle_svg::Term::new().render_svg(&shown).as_bytes())
}
