//! `planproof sandbox`: what this host can give, found by doing it.

use anyhow::{Context, Result};
use serde::Serialize;

use super::args::OutputFormat;
use super::exit::Exit;
use super::streams::Streams;
use crate::run::{Layer, LayerState, Level, probe};

/// A level that was tried.
struct Tried {
    level: Level,
    outcome: Result<Vec<Layer>, String>,
}

/// Tries each level over an empty folder and says what came of it.
///
/// # Errors
/// When nothing can be tried, or printed.
pub fn sandbox(format: OutputFormat, streams: &Streams) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::tempdir().context("cannot make a folder for the trial")?;
    let home = std::env::home_dir().unwrap_or_default();
    let mut tried = Vec::new();
    for level in [Level::Full, Level::Landlock] {
        let environment = planproof_sandbox::default_environment(std::env::vars_os());
        let layers = runtime.block_on(probe(level, folder.path().to_owned(), &home, environment));
        tried.push(Tried { level, outcome: layers.map_err(|error| error.to_string()) });
    }
    let text = match format {
        OutputFormat::Human => for_people(&tried),
        OutputFormat::Json => tried.iter().map(line).collect(),
    };
    streams.print(&text)?;
    let has = |level| tried.iter().any(|tried| tried.level == level && tried.outcome.is_ok());
    Ok(if has(Level::Full) {
        Exit::Passed
    } else if has(Level::Landlock) {
        Exit::Failed
    } else {
        Exit::Error
    })
}

fn for_people(tried: &[Tried]) -> String {
    let mut lines = Vec::new();
    for Tried { level, outcome } in tried {
        match outcome {
            Ok(layers) => {
                lines.push(format!("{level}: can be had"));
                for layer in layers {
                    let state = layer.state.to_string();
                    lines.push(format!("  {:<13} {state:<9} {}", layer.kind.to_string(), layer.detail));
                }
            }
            Err(reason) => lines.push(format!("{level}: cannot be had\n  {reason}")),
        }
        lines.push(String::new());
    }
    let best = tried.iter().find(|tried| tried.outcome.is_ok());
    lines.push(match best {
        Some(best) => format!("`planproof verify` uses the level {} here", best.level),
        None => "`planproof verify` runs nothing here, but with `--sandbox off`".to_owned(),
    });
    lines.join("\n") + "\n"
}

fn line(tried: &Tried) -> String {
    #[derive(Serialize)]
    struct Body<'t> {
        r#type: &'static str,
        schema_version: u32,
        level: String,
        available: bool,
        /// What is missing, and how to get it.
        reason: Option<&'t str>,
        layers: Vec<LayerObject<'t>>,
    }
    #[derive(Serialize)]
    struct LayerObject<'t> {
        name: String,
        state: &'static str,
        detail: &'t str,
    }
    let layers = tried.outcome.iter().flatten().map(|layer| LayerObject {
        name: layer.kind.to_string(),
        state: match layer.state {
            LayerState::InForce => "in_force",
            LayerState::Partial => "partial",
            LayerState::Open => "open",
        },
        detail: &layer.detail,
    });
    let body = Body {
        r#type: "sandbox_level",
        schema_version: 1,
        level: tried.level.to_string(),
        available: tried.outcome.is_ok(),
        reason: tried.outcome.as_ref().err().map(String::as_str),
        layers: layers.collect(),
    };
    // Strings, booleans and lists only: serde_json cannot fail on these.
    serde_json::to_string(&body).unwrap_or_default() + "\n"
}
