//! Programs under the names of what they are packed in: images, flakes, versioned packages, workspaces.

use std::sync::{Arc, LazyLock};

use super::wrapper::{Runs, Wrapped};
use super::{Word, arguments, program};
use crate::policy::names::Names;

/// Tools after which images are named that start them: `hashicorp/terraform`, `nixpkgs#kubectl`; and [`PACKAGES`].
const PACKED: &[(&str, &str)] = &[
    ("ansible", "ansible"),
    ("argocd", "argocd"),
    ("atlas", "atlas"),
    ("aws-cli", "aws"),
    ("awscli", "aws"),
    ("awscli2", "aws"),
    ("azure-cli", "az"),
    ("cosign", "cosign"),
    ("crane", "crane"),
    ("curl", "curl"),
    ("doctl", "doctl"),
    ("eksctl", "eksctl"),
    ("flyctl", "flyctl"),
    ("flyway", "flyway"),
    ("gh", "gh"),
    ("git", "git"),
    ("google-cloud-cli", "gcloud"),
    ("google-cloud-sdk", "gcloud"),
    ("goose", "goose"),
    ("hcloud", "hcloud"),
    ("helm", "helm"),
    ("helmfile", "helmfile"),
    ("kubectl", "kubectl"),
    ("kustomize", "kustomize"),
    ("liquibase", "liquibase"),
    ("migrate", "migrate"),
    ("opentofu", "tofu"),
    ("packer", "packer"),
    ("pulumi", "pulumi"),
    ("rclone", "rclone"),
    ("restic", "restic"),
    ("serverless", "serverless"),
    ("skaffold", "skaffold"),
    ("skopeo", "skopeo"),
    ("sops", "sops"),
    ("terraform", "terraform"),
    ("terragrunt", "terragrunt"),
    ("tofu", "tofu"),
    ("vercel", "vercel"),
    ("werf", "werf"),
    ("wrangler", "wrangler"),
];

/// Packages whose program has another name.
const PACKAGES: &[(&str, &str)] = &[
    ("@angular/cli", "ng"),
    ("@architect/architect", "arc"),
    ("@changesets/cli", "changeset"),
    ("@playwright/test", "playwright"),
    ("aws-cdk", "cdk"),
    ("cdktf-cli", "cdktf"),
    ("eas-cli", "eas"),
    ("firebase-tools", "firebase"),
    ("netlify-cli", "netlify"),
    ("typescript", "tsc"),
];

/// Whether a program is given packages to run: `npx eas-cli`.
pub(super) fn runs_packages(program: &str) -> bool {
    matches!(program, "bun" | "bunx" | "npm" | "npx" | "pnpm" | "pnpx" | "yarn")
}

/// Tools of projects in JavaScript that do more than build and check; none is called like a verb of a package manager.
static TOOLS: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "amplify ampx arc auto cdk cdk8s cdktf changeset drizzle-kit eas expo firebase gh-pages knex lerna \
         netlify np now nx prisma pulumi railway release-it rimraf semantic-release sequelize sequelize-cli serverless \
         shipit sls sst standard-version supabase surge typeorm vc vercel wrangler zx",
    ])
});

/// The program of a package as runners take it: `vercel@latest`, `@railway/cli`, `aws-cdk@2`.
pub(super) fn package(name: &str) -> &str {
    let plain = match name.char_indices().skip(1).find(|(_, c)| *c == '@') {
        // `git+ssh://git@example.com/x` is no version.
        Some((at, _)) if !name[..at].contains(':') => &name[..at],
        _ => name,
    };
    if let Some((_, program)) = PACKAGES.iter().find(|(package, _)| *package == plain) {
        return program;
    }
    match plain.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        // The tool of a scope is called like the scope.
        Some((scope, "cli")) => scope,
        Some((_, name)) => program::normalised(name),
        None => program::normalised(plain),
    }
}

/// The call of the tool that a container, a package or a workspace starts with the words behind its name.
pub(super) fn tool(program: &str, rest: &[Word], wrapped: &Wrapped, own: &Word) -> Option<Arc<[Word]>> {
    let (image, from) = match (program, wrapped.runs.first()) {
        // An image without a command has none of its words.
        ("docker" | "docker-compose", Some(Runs::Words { at, .. })) if wrapped.elsewhere => {
            (at.checked_sub(1)?, *at)
        }
        ("nix", None) if rest.first()?.text.as_deref() == Some("run") => {
            let named = |word: &Word| word.text.as_deref().is_some_and(|text| text.contains('#'));
            let at = rest.iter().position(named)?;
            let dashes = rest.get(at + 1).is_some_and(|word| word.text.as_deref() == Some("--"));
            (at, at + 1 + usize::from(dashes))
        }
        ("yarn", _) if rest.first()?.text.as_deref().is_some_and(|text| text.starts_with("workspace")) => {
            return workspace(rest, own);
        }
        ("yarn" | "pnpm" | "bun" | "npm", None) => return installed(program, rest),
        _ => return None,
    };
    let name = rest[image].text.as_deref()?;
    let base = name.rsplit(['/', '#']).next()?.split([':', '@']).next()?;
    let known = PACKED.iter().chain(PACKAGES).find(|(packed, _)| *packed == base).map(|(_, tool)| *tool);
    // A package of nix is called like its program.
    let tool = known.or((program == "nix").then_some(base))?;
    // `docker run hashicorp/terraform terraform apply` names it itself.
    let given = rest
        .get(from..)
        .filter(|given| given.first().is_none_or(|word| word.text.as_deref() != Some(tool)))?;
    let own = &rest[image];
    let first = Word { span: own.span.clone(), places: own.places.clone(), ..Word::of(tool) };
    Some([first].into_iter().chain(given.iter().cloned()).collect())
}

/// `yarn cdk deploy`, `npm run cdk -- deploy`: a word that is no verb of the package manager is the program of that
/// name among the installed packages, or a script, which by custom is named after the tool that it calls.
fn installed(program: &str, rest: &[Word]) -> Option<Arc<[Word]>> {
    let mut at = 0;
    let mut run = false;
    loop {
        let text = rest.get(at)?.text.as_deref()?;
        if text.starts_with('-') {
            at += 1 + usize::from(arguments::takes_value(program, text));
        } else if matches!(text, "run" | "run-script") && !run {
            (at, run) = (at + 1, true);
        } else if TOOLS.has(text) && (run || program != "npm") {
            break;
        } else {
            return None;
        }
    }
    let dashes = rest.get(at + 1).is_some_and(|word| word.text.as_deref() == Some("--"));
    let behind = rest[at + 1 + usize::from(dashes)..].iter();
    Some([rest[at].clone()].into_iter().chain(behind.cloned()).collect())
}

/// The program that an option names, with the words behind the image, the application or `--`.
pub(super) fn entry_point(program: &str, rest: &[Word], wrapped: &Wrapped) -> Option<Arc<[Word]>> {
    match program {
        "docker" if wrapped.elsewhere => {}
        // `start-stop-daemon --start --exec /bin/rm -- -rf x`
        "start-stop-daemon" => {
            let dashes = rest.iter().position(|word| word.text.as_deref() == Some("--"));
            let end = dashes.unwrap_or(rest.len());
            let first =
                named(&rest[..end], &["--startas", "-a"]).or(named(&rest[..end], &["--exec", "-x"]))?;
            let given = rest.get(end + 1..).unwrap_or_default();
            return Some([first].into_iter().chain(given.iter().cloned()).collect());
        }
        // `flatpak run --command=rm APP -rf x`
        "flatpak" => {
            let first = named(rest, &["--command"])?;
            let plain = |word: &Word| !word.text.as_deref().is_some_and(|text| text.starts_with('-'));
            let own = rest.iter().position(|word| word.text.as_deref() == Some("run"))? + 1;
            let application = own + rest[own..].iter().position(plain)?;
            return Some([first].into_iter().chain(rest[application + 1..].iter().cloned()).collect());
        }
        _ => return None,
    }
    let Some(Runs::Words { at: behind, .. }) = wrapped.runs.first() else { return None };
    let options = rest.get(..*behind)?;
    let text = |word: &Word| word.text.clone().unwrap_or_default();
    let at = options.iter().position(|word| text(word).starts_with("--entrypoint"))?;
    let first = match text(&options[at]).strip_prefix("--entrypoint=") {
        Some(name) => Word { span: options[at].span.clone(), ..Word::of(name) },
        None => options.get(at + 1)?.clone(),
    };
    let given = first.text.as_deref().is_none_or(|name| !name.is_empty());
    given.then(|| [first].into_iter().chain(rest[*behind..].iter().cloned()).collect())
}

/// The value of one of these options: in the next word, or behind `=`.
fn named(words: &[Word], options: &[&str]) -> Option<Word> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(text) = word.text.as_deref() else { continue };
        if options.contains(&text) {
            return words.next().cloned();
        }
        if let Some((_, value)) = text.split_once('=').filter(|(name, _)| options.contains(name)) {
            return Some(Word { span: word.span.clone(), ..Word::of(value) });
        }
    }
    None
}

/// `yarn workspace NAME npm publish`, `yarn workspaces foreach -A npm publish`: further words of `yarn`.
fn workspace(rest: &[Word], own: &Word) -> Option<Arc<[Word]>> {
    let text = |at: usize| rest.get(at).and_then(|word| word.text.as_deref());
    let mut from = match (text(0)?, text(1)) {
        ("workspace", Some(_)) | ("workspaces", Some("foreach")) => 2,
        ("workspaces", Some("run")) => 1,
        _ => return None,
    };
    while text(from).is_some_and(|text| text.starts_with('-')) {
        let valued = text(from).is_some_and(|text| {
            matches!(text, "--from" | "--include" | "--exclude" | "--since" | "-j" | "--jobs")
        });
        from += 1 + usize::from(valued);
    }
    let given = rest.get(from..).filter(|given| !given.is_empty())?;
    Some([own.clone()].into_iter().chain(given.iter().cloned()).collect())
}
