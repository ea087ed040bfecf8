//! Findings about an input: what is wrong, where, and what to do next.
//!
//! A finding is a value, never an error: reading goes on, and the one who asked decides what a finding means.

use crate::document::Span;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Note,
    /// Something the author probably did not mean, or that planproof cannot judge.
    Warning,
    /// The plan or configuration cannot be relied on; nothing of it runs.
    Error,
}

/// One finding, with the place in the text it speaks about.
///
/// Messages are lower case, without a full stop, names in backticks; `help` is the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// Stable name of the kind of finding, such as `unclosed-fence`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where, as bytes of the source that the finding is about.
    pub span: Span,
    /// A few words at the underlined place; empty when the message says it all.
    pub label: String,
    /// Other places that belong to the finding, each with its words.
    pub related: Vec<(Span, String)>,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding of the given weight at `span`.
    pub fn new(severity: Severity, code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// An error at `span`.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// A warning at `span`.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// The same finding with words at the underlined place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same finding with one more place.
    #[must_use]
    pub fn related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related.push((span, words.into()));
        self
    }

    /// The same finding with a next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
