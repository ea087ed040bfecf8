//! The sandbox of a plan, at the level that was asked for or the highest there is, and what its checks may change.

use std::path::PathBuf;

use planproof_sandbox::{
    Layer, Level, Limits, Network, OpenError, Sandbox, Storage, default_hidden, default_private,
    default_readable,
};

use super::changes::Rights;
use super::execute::Surroundings;
use super::shell::Shell;
use super::workspace::Workspace;
use super::{Confinement, PlanRun, RunError, Settings};

/// Where the checks of one plan run.
pub(super) struct Ground {
    /// How they are confined.
    pub level: Level,
    /// Why not at the highest level, where that was tried.
    pub fallback: Option<String>,
    /// Open, if anything is going to run.
    pub sandbox: Option<Sandbox>,
    /// As it was opened.
    pub settings: planproof_sandbox::Settings,
    /// The real workspace, where checks write to it.
    pub workspace: Option<Workspace>,
    pub around: Surroundings,
    pub rights: Rights,
}

impl Ground {
    /// Opens the sandbox, if any check is going to run.
    pub async fn open(run: &PlanRun<'_>, settings: &Settings) -> Result<Self, RunError> {
        let plan = run.plan.document().source().path();
        let constraints = run.plan.constraints.as_ref();
        let path = settings.environment.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path);
        let wanted = match settings.confinement {
            Confinement::Exactly(level) => level,
            Confinement::AtLeast(_) => Level::Full,
        };
        let needs_views = settings.jobs.get() > 1 || settings.keep;
        let mut ground = Self {
            level: wanted,
            fallback: None,
            sandbox: None,
            settings: sandbox_settings(run, settings, wanted),
            workspace: None,
            around: Surroundings {
                workspace: run.workspace.clone(),
                shell: Shell::find(path),
                timeout: settings.timeout,
            },
            rights: Rights::read(&run.workspace, plan, constraints),
        };
        if wanted != Level::Full && needs_views {
            return Err(RunError::NeedsViews);
        }
        if !(0..run.judgements.len()).any(|index| run.permit(index, wanted).is_some()) {
            return Ok(ground);
        }
        if wanted == Level::Full {
            match (Sandbox::open(ground.settings.clone()).await, settings.confinement) {
                (Ok(sandbox), _) => ground.sandbox = Some(sandbox),
                (Err(error @ OpenError::Layer { .. }), Confinement::AtLeast(level)) if !needs_views => {
                    ground.level = level;
                    ground.fallback = Some(error.to_string());
                }
                (Err(error), _) => return Err(error.into()),
            }
        }
        if ground.sandbox.is_none() {
            let workspace = Workspace::prepare(&run.workspace, plan, constraints, &ground.settings.hidden);
            ground.settings.level = ground.level;
            ground.settings.writable = workspace.writable().to_vec();
            ground.workspace = Some(workspace);
            ground.sandbox = Some(Sandbox::open(ground.settings.clone()).await?);
        }
        Ok(ground)
    }
}

fn sandbox_settings(run: &PlanRun<'_>, settings: &Settings, level: Level) -> planproof_sandbox::Settings {
    planproof_sandbox::Settings {
        level,
        workspace: run.workspace.clone(),
        writable: Vec::new(),
        hidden: run.hidden.clone(),
        private: default_private(&settings.home),
        readable: readable(settings, run.network),
        network: run.network,
        view: settings.view.clone(),
        temporary_root: settings.temporary_root.clone(),
        environment: settings.environment.clone(),
        limits: Limits::default(),
    }
}

fn readable(settings: &Settings, network: Network) -> Vec<PathBuf> {
    let mut readable = default_readable(&settings.home, &settings.environment);
    if network == Network::Host {
        // Often a link into `/run`, which is private: who answers for names.
        readable.extend(PathBuf::from("/etc/resolv.conf").canonicalize());
    }
    readable
}

/// What a level gives on this host, layer by layer, found by opening it over `workspace` for nothing.
///
/// # Errors
/// [`OpenError`] with what is missing and how to get it.
pub async fn probe(
    level: Level,
    workspace: PathBuf,
    home: &std::path::Path,
    environment: Vec<(std::ffi::OsString, std::ffi::OsString)>,
) -> Result<Vec<Layer>, OpenError> {
    let sandbox = Sandbox::open(planproof_sandbox::Settings {
        level,
        workspace,
        writable: Vec::new(),
        hidden: default_hidden(home),
        private: default_private(home),
        readable: default_readable(home, &environment),
        network: Network::Loopback,
        view: Storage::Memory,
        temporary_root: std::env::temp_dir(),
        environment,
        limits: Limits::default(),
    })
    .await?;
    let layers = sandbox.layers().to_vec();
    // Nothing has run; how it closes says nothing about what it can do.
    let _ = sandbox.close().await;
    Ok(layers)
}
