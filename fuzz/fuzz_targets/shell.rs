//! The reader of commands: no text makes it panic, and every place that it names is a place in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use planproof::policy::places_in;

fuzz_target!(|data: &[u8]| {
    let Ok(script) = std::str::from_utf8(data) else { return };
    for place in places_in(script) {
        assert!(script.get(place.clone()).is_some(), "{place:?} is no range of {script:?}");
    }
});
