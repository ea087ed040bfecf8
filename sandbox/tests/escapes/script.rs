//! The scripts: what each of them attempts, and what must become of it, as its first lines say.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One script.
pub(crate) struct Script {
    pub(crate) name: String,
    fields: Vec<(String, String)>,
}

/// How a script is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Full,
    Landlock,
    /// `landlock` where namespaces are refused, as in a container.
    Container,
    Off,
}

/// What must become of a script's attempts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// None goes through but those of these kinds, and each kind has one that does.
    Contained { but: Vec<String> },
    /// At least one goes through.
    Escapes,
    /// The reason stands beside it.
    NotRun,
}

impl Script {
    /// All scripts, by name.
    pub(crate) fn all() -> Vec<Self> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "sh" || kind == "py"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let lines = text.lines().map_while(|line| line.strip_prefix("# "));
        let fields =
            lines.filter_map(|line| line.split_once(": ")).map(|(key, value)| (key.into(), value.into()));
        let script = Self { name, fields: fields.collect() };
        assert!(script.field("what").is_some(), "{} does not say what it attempts", script.name);
        script
    }

    fn field(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn interpreter(&self) -> &'static str {
        if Path::new(&self.name).extension().is_some_and(|kind| kind == "py") { "python3" } else { "sh" }
    }

    pub(crate) fn needs_terminal(&self) -> bool {
        self.field("needs") == Some("terminal")
    }

    /// Options for `confine` besides the usual ones.
    pub(crate) fn options(&self) -> Vec<&str> {
        self.field("options").map(|options| options.split(' ').collect()).unwrap_or_default()
    }

    /// What the sandbox must tell of at `full`: changes that only its view has.
    pub(crate) fn told(&self) -> Vec<&str> {
        self.field("told").map(|paths| paths.split(", ").collect()).unwrap_or_default()
    }

    /// A line for the user it runs as goes before the one for everybody.
    pub(crate) fn expected(&self, level: Level, root: bool) -> Expected {
        let name = match level {
            Level::Full => "full",
            Level::Landlock | Level::Container => "landlock",
            Level::Off => "off",
        };
        let own = format!("{name} as {}", if root { "root" } else { "a user" });
        let value = self.field(&own).or_else(|| self.field(name));
        let value = value.unwrap_or_else(|| panic!("{} does not say what happens at {name}", self.name));
        let (word, rest) =
            value.split_once(['(', ':']).map_or((value, ""), |(word, rest)| (word.trim(), rest));
        match word {
            "contained" => Expected::Contained { but: vec![] },
            "not contained" => {
                let kinds = rest.trim_end_matches(')').split(", ").map(str::to_owned).collect();
                Expected::Contained { but: kinds }
            }
            "escapes" => Expected::Escapes,
            "harmless" | "not run" => Expected::NotRun,
            other => panic!("{}: `{other}` is not an expectation", self.name),
        }
    }
}

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/escapes")
}
