//! Programs under the names of what they are packed in: images, flakes, versioned packages, workspaces.

use std::sync::Arc;

use super::wrapper::{Runs, Wrapped};
use super::{Word, program};

/// Tools after which images and packages are named that start them: `hashicorp/terraform`, `nixpkgs#kubectl`.
const PACKED: &[(&str, &str)] = &[
    ("ansible", "ansible"),
    ("argocd", "argocd"),
    ("atlas", "atlas"),
    ("aws-cdk", "cdk"),
    ("aws-cli", "aws"),
    ("awscli", "aws"),
    ("awscli2", "aws"),
    ("azure-cli", "az"),
    ("cosign", "cosign"),
    ("crane", "crane"),
    ("curl", "curl"),
    ("doctl", "doctl"),
    ("eksctl", "eksctl"),
    ("firebase-tools", "firebase"),
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
    ("netlify-cli", "netlify"),
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
        ("docker" | "docker-compose", Some(Runs::Words { at, .. })) if wrapped.elsewhere => {
            (at.checked_sub(1)?, *at)
        }
        // An image without a command has none of its words.
        ("nix", None) if rest.first()?.text.as_deref() == Some("run") => {
            let named = |word: &Word| word.text.as_deref().is_some_and(|text| text.contains('#'));
            let at = rest.iter().position(named)?;
            let dashes = rest.get(at + 1).is_some_and(|word| word.text.as_deref() == Some("--"));
            (at, at + 1 + usize::from(dashes))
        }
        ("yarn", _) if rest.first()?.text.as_deref().is_some_and(|text| text.starts_with("workspace")) => {
            return workspace(rest, own);
        }
        _ => return None,
    };
    let name = rest[image].text.as_deref()?;
    let base = name.rsplit(['/', '#']).next()?.split([':', '@']).next()?;
    let known = PACKED.iter().find(|(packed, _)| *packed == base).map(|(_, tool)| *tool);
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

/// The program that `--entrypoint` puts in front of the words behind the image.
pub(super) fn entry_point(program: &str, rest: &[Word], wrapped: &Wrapped) -> Option<Arc<[Word]>> {
    if program != "docker" {
        return None;
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
