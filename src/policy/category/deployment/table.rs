//! Which programs and phrases put something out, and to where.

use std::sync::LazyLock;

use crate::policy::names::{Names, Phrases};

/// Programs and phrases, separated by `;`; an empty phrase is the program by itself.
const RELEASES: &[(&str, &str)] = &[
    ("anaconda", "upload"),
    ("buildah", "push"),
    ("bun", "publish"),
    ("choco", "push"),
    ("cabal", "upload"),
    ("cargo", "publish;yank;workspaces publish;ws publish;smart-release"),
    ("changeset", "publish"),
    ("conan", "upload"),
    ("crane", "push;copy;cp;append"),
    ("dart", "pub publish"),
    ("deno", "publish"),
    ("docker", "push;image push;manifest push;buildx imagetools create"),
    ("dotnet", "nuget push"),
    ("fastlane", "deliver;supply;release;deploy;upload_to_app_store;upload_to_play_store;pilot;beta"),
    ("flit", "publish"),
    ("flutter", "pub publish"),
    ("gem", "push;yank"),
    ("gh", "release create;release upload;release edit;release delete"),
    ("glab", "release create;release upload"),
    ("goreleaser", "release;publish"),
    ("hatch", "publish"),
    ("helm", "push;cm-push"),
    ("hub", "release create"),
    ("jsr", "publish"),
    ("ko", "publish;apply"),
    ("lein", "deploy"),
    ("lerna", "publish"),
    ("luarocks", "upload"),
    ("maturin", "publish;upload"),
    ("mix", "hex.publish"),
    ("np", ""),
    ("npm", "publish;unpublish;dist-tag add;deprecate"),
    ("nuget", "push"),
    ("nx", "release publish;release"),
    ("opam", "publish"),
    ("oras", "push;copy"),
    ("ovsx", "publish"),
    ("pdm", "publish"),
    ("pnpm", "publish"),
    ("pod", "trunk push"),
    ("poetry", "publish"),
    ("pub", "publish"),
    ("rake", "release;release:rubygem_push"),
    ("rebar3", "hex publish"),
    ("release-it", ""),
    ("release-plz", "release"),
    ("rye", "publish"),
    ("sbt", "publish;publishSigned;sonatypeRelease;release"),
    ("semantic-release", ""),
    ("skopeo", "copy;sync"),
    ("snapcraft", "upload;release;push"),
    ("stack", "upload"),
    ("twine", "upload"),
    ("uv", "publish"),
    ("vsce", "publish"),
    ("web-ext", "sign"),
    ("wasm-pack", "publish"),
    ("wapm", "publish"),
    ("xcrun", "altool;notarytool submit"),
    ("yarn", "publish;npm publish"),
];

/// Where nothing else is said, these go to production.
const DEPLOYS: &[(&str, &str)] = &[
    (
        "az",
        "storage blob upload-batch;storage blob sync;webapp deploy;webapp up;functionapp deployment;containerapp up",
    ),
    ("appcenter", "distribute;codepush"),
    ("cap", ""),
    ("caprover", "deploy"),
    ("clever", "deploy"),
    ("cloudflared", "tunnel run"),
    ("convex", "deploy"),
    ("dokku", "apps;git"),
    ("eas", "submit;update"),
    ("eb", "deploy;create;swap;terminate"),
    ("fab", "deploy"),
    ("firebase", "deploy;hosting:channel:deploy;hosting:clone"),
    ("fly", "deploy;launch;scale;secrets set;apps restart;machine update;machine run"),
    ("flyctl", "deploy;launch;scale;secrets set;apps restart;machine update;machine run"),
    (
        "gcloud",
        "app deploy;run deploy;functions deploy;run services update;run services update-traffic;app services set-traffic;deploy releases create;deploy releases promote",
    ),
    ("gh-pages", ""),
    (
        "heroku",
        "container:release;releases:rollback;pipelines:promote;config:set;ps:scale;rollback;run;deploy",
    ),
    ("hugo", "deploy"),
    ("kamal", "deploy;redeploy;setup;rollback;app boot"),
    ("mdbook-deploy", ""),
    ("mike", "deploy"),
    ("mkdocs", "gh-deploy"),
    ("modal", "deploy"),
    ("mup", "deploy"),
    ("platform", "push"),
    ("railway", "up;redeploy;deploy"),
    ("render", "deploy;deploys create"),
    ("scalingo", "deploy"),
    ("shipit", "deploy"),
    ("supabase", "db push;functions deploy;secrets set;migration up"),
    ("surge", ""),
    (
        "wrangler",
        "deploy;publish;pages deploy;pages publish;versions deploy;rollback;secret put;d1 migrations apply",
    ),
    ("amplify", "publish;push"),
    ("cf", "push"),
    ("appwrite", "deploy;push"),
    ("expo", "publish"),
    ("zeabur", "deploy"),
    ("northflank", "deploy"),
    ("porter", "apply"),
    ("nixops", "deploy"),
    ("colmena", "apply"),
    ("deploy-rs", ""),
    ("deployer", "deploy"),
    ("dep", "deploy"),
    ("mina", "deploy"),
    ("pm2", "deploy"),
    ("waypoint", "deploy;up;release"),
    ("now", ""),
    ("aptible", "deploy"),
    ("koyeb", "services update;app init;deploy"),
    ("gigalixir", "deploy"),
    ("captain", "deploy"),
];

/// To where their words say; without such words a person is asked.
const NAMED: &[(&str, &str)] = &[
    ("ansible", ""),
    ("ansible-playbook", ""),
    ("argocd", "app sync;app rollback;app set"),
    (
        "aws",
        "s3 sync;s3 cp;ecs update-service;ecs deploy;lambda update-function-code;lambda publish-version;lambda update-alias;cloudfront create-invalidation;cloudformation deploy;cloudformation create-stack;cloudformation update-stack;cloudformation execute-change-set;deploy create-deployment;deploy push;elasticbeanstalk update-environment;apprunner start-deployment;amplify start-job;amplify start-deployment;codepipeline start-pipeline-execution;codebuild start-build",
    ),
    (
        "az",
        "webapp deployment;containerapp update;deployment create;deployment group create;deployment sub create;staticwebapp deploy;aks update;acr build",
    ),
    ("azd", "deploy;up;provision"),
    ("cdk", "deploy"),
    ("copilot", "deploy;svc deploy"),
    ("docker", "stack deploy;service update;service create;compose up;compose push;compose pull"),
    ("docker-compose", "up;push"),
    ("flux", "reconcile"),
    ("gcloud", "builds submit;compute scp;container clusters update;builds triggers run"),
    ("helm", "install;upgrade;rollback;uninstall;delete"),
    ("helmfile", "apply;sync;destroy"),
    (
        "kubectl",
        "apply;create;replace;patch;set;scale;delete;edit;rollout restart;rollout undo;rollout resume;run;expose;autoscale",
    ),
    ("kustomize", ""),
    ("nomad", "job run;run"),
    ("oc", "apply;create;replace;rollout;start-build;new-app"),
    ("okteto", "deploy;up"),
    ("prisma", "migrate deploy"),
    ("pulumi", "up;update;destroy;refresh"),
    ("sam", "deploy"),
    ("serverless", "deploy;remove;rollback"),
    ("skaffold", "run;deploy;apply"),
    ("sls", "deploy;remove;rollback"),
    ("sst", "deploy;remove"),
    ("swa", "deploy"),
    ("terraform", "apply;destroy"),
    ("terragrunt", "apply;destroy;run-all apply;run-all destroy;run apply;run destroy"),
    ("tilt", "up;ci"),
    ("tofu", "apply;destroy"),
    ("rails", "db:migrate;db:seed;db:drop;db:reset"),
    ("rake", "db:migrate;db:seed;db:drop;db:reset"),
    ("alembic", "upgrade"),
    ("flyway", "migrate"),
    ("liquibase", "update"),
    ("systemctl", "restart;start;stop;reload"),
];

/// Programs that may put something out; every other only does so by the name of its own.
pub(super) static KNOWN: LazyLock<Names> = LazyLock::new(|| {
    const OTHERS: &str = "vercel vc now netlify git rsync scp sftp rclone lftp ncftpput azcopy gsutil s3cmd gh glab circleci \
        buildkite-agent jenkins-cli drone tkn curl wget http xh cargo goreleaser ansible ansible-playbook docker \
        docker-compose earthly gradle gradlew mvn mvnw sbt make gmake just task rake invoke inv fab nox tox mage ninja grunt gulp \
        ant thor npm pnpm yarn bun composer deno mise lerna nx turbo pdm hatch bash sh zsh dash ksh source python python3 \
        node ruby perl php tsx ts-node";
    let tables = RELEASES.iter().chain(DEPLOYS).chain(NAMED).map(|(program, _)| *program);
    Names::of(&tables.chain([OTHERS]).collect::<Vec<_>>())
});

/// The phrases of each table by program.
pub(super) static RELEASING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(RELEASES));
pub(super) static DEPLOYING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(DEPLOYS));
pub(super) static TO_WHERE_NAMED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(NAMED));
