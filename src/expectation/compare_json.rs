//! Compares JSON output with an expected value while it is parsed, so that a hostile output costs no
//! more memory than the expected value does.
//!
//! Integers of 64 bits are compared exactly, other numbers as IEEE doubles, which is what RFC 8259,
//! section 6, lets a sender rely on. A key that an object gives twice is a difference.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Differences described; further ones are only counted.
const DESCRIBED: usize = 20;

/// Characters of a key that stand in a path; a key may be megabytes long.
const KEY: usize = 80;

/// One place where the output differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Where, as in `$.a[2].b`.
    pub(super) path: String,
    /// The expected value, or none if the place should not be there.
    pub(super) expected: Option<String>,
    /// The value in the output, or none if the place is not there.
    pub(super) actual: Option<String>,
}

/// What a comparison found.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) described: Vec<Difference>,
    pub(super) more: usize,
    path: String,
}

/// The differences between the output and the expected value, in the order of the output.
///
/// # Errors
/// If the output is not one JSON value.
pub(super) fn compare(expected: &Value, output: &str) -> Result<Differences, serde_json::Error> {
    let mut differences = Differences { path: String::from("$"), ..Differences::default() };
    // Windows programs like to start with a byte order mark.
    let output = output.strip_prefix('\u{FEFF}').unwrap_or(output);
    let mut deserializer = serde_json::Deserializer::from_str(output);
    Place { expected, differences: &mut differences }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(differences)
}

impl Differences {
    fn add(&mut self, expected: Option<String>, actual: Option<String>) {
        if self.described.len() < DESCRIBED {
            self.described.push(Difference { path: self.path.clone(), expected, actual });
        } else {
            self.more += 1;
        }
    }

    /// Does something one step further down.
    fn within<T>(&mut self, step: &Step<'_>, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        // Writing to a string cannot fail.
        let _ = write!(self.path, "{step}");
        let result = work(self);
        self.path.truncate(length);
        result
    }
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => {
                let key: String = key.chars().take(KEY).collect();
                let plain = key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                if plain && !key.is_empty() { write!(f, ".{key}") } else { write!(f, "[{key:?}]") }
            }
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A place in the output and the value expected there.
struct Place<'a> {
    expected: &'a Value,
    differences: &'a mut Differences,
}

impl Place<'_> {
    fn scalar(self, same: bool, actual: &Value) {
        if !same {
            self.differences.add(Some(describe(self.expected)), Some(describe(actual)));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        let same = self.expected.is_null();
        self.scalar(same, &Value::Null);
        Ok(())
    }

    fn visit_bool<E>(self, actual: bool) -> Result<(), E> {
        let same = *self.expected == Value::Bool(actual);
        self.scalar(same, &Value::Bool(actual));
        Ok(())
    }

    fn visit_i64<E>(self, actual: i64) -> Result<(), E> {
        let same = same_number(self.expected, &actual.into());
        self.scalar(same, &actual.into());
        Ok(())
    }

    fn visit_u64<E>(self, actual: u64) -> Result<(), E> {
        let same = same_number(self.expected, &actual.into());
        self.scalar(same, &actual.into());
        Ok(())
    }

    fn visit_f64<E>(self, actual: f64) -> Result<(), E> {
        let same = same_number(self.expected, &actual.into());
        self.scalar(same, &actual.into());
        Ok(())
    }

    fn visit_str<E>(self, actual: &str) -> Result<(), E> {
        if self.expected.as_str() != Some(actual) {
            self.differences.add(Some(describe(self.expected)), Some(describe_text(actual)));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut actual: A) -> Result<(), A::Error> {
        let Place { expected, differences } = self;
        let Some(expected) = expected.as_array() else {
            while actual.next_element::<IgnoredAny>()?.is_some() {}
            differences.add(Some(describe(expected)), Some(String::from("an array")));
            return Ok(());
        };
        for (index, value) in expected.iter().enumerate() {
            let there = differences.within(&Step::Index(index), |differences| {
                let there = actual.next_element_seed(Place { expected: value, differences })?.is_some();
                if !there {
                    differences.add(Some(describe(value)), None);
                }
                Ok(there)
            })?;
            if !there {
                // One missing element tells that the array is too short.
                return Ok(());
            }
        }
        let mut length = expected.len();
        while actual.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        if length > expected.len() {
            let elements = |count| Some(format!("an array of length {count}"));
            differences.add(elements(expected.len()), elements(length));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut actual: A) -> Result<(), A::Error> {
        let Place { expected, differences } = self;
        let Some(expected) = expected.as_object() else {
            while actual.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            differences.add(Some(describe(expected)), Some(String::from("an object")));
            return Ok(());
        };
        let seen = members(expected, differences, &mut actual)?;
        for (key, value) in expected.iter().filter(|(key, _)| !seen.contains(key.as_str())) {
            differences.within(&Step::Key(key), |differences| differences.add(Some(describe(value)), None));
        }
        Ok(())
    }
}

/// Compares the members of an object and gives the expected keys that were there.
fn members<'de, 'a, A: MapAccess<'de>>(
    expected: &'a Map<String, Value>,
    differences: &mut Differences,
    actual: &mut A,
) -> Result<BTreeSet<&'a str>, A::Error> {
    let mut seen = BTreeSet::new();
    while let Some(key) = actual.next_key::<String>()? {
        let member = expected.get_key_value(&key);
        differences.within(&Step::Key(&key), |differences| {
            let Some((expected_key, value)) = member else {
                actual.next_value::<IgnoredAny>()?;
                differences.add(None, Some(String::from("a value")));
                return Ok(());
            };
            if !seen.insert(expected_key.as_str()) {
                differences.add(Some(String::from("the key once")), Some(String::from("it twice")));
            }
            actual.next_value_seed(Place { expected: value, differences })
        })?;
    }
    Ok(seen)
}

fn same_number(expected: &Value, actual: &Value) -> bool {
    let (Value::Number(expected), Value::Number(actual)) = (expected, actual) else { return false };
    match (expected.as_i128(), actual.as_i128()) {
        (Some(expected), Some(actual)) => expected == actual,
        (None, None) => expected.as_f64() == actual.as_f64(),
        (Some(integer), None) => actual.as_f64().is_some_and(|double| is_integer(double, integer)),
        (None, Some(integer)) => expected.as_f64().is_some_and(|double| is_integer(double, integer)),
    }
}

/// An integer is compared with a double by the double's exact value: 2^53 + 1 is not 2^53.
fn is_integer(double: f64, integer: i128) -> bool {
    #[allow(clippy::cast_possible_truncation, reason = "64-bit integers are far within i128's range")]
    let truncated = double as i128;
    double.fract() == 0.0 && truncated == integer
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => describe_text(text),
        Value::Array(_) => String::from("an array"),
        Value::Object(_) => String::from("an object"),
    }
}

/// A string as JSON writes it, cut for display.
fn describe_text(text: &str) -> String {
    super::shown(&Value::from(super::beginning(text)).to_string())
}
