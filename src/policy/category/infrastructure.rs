//! Changes of infrastructure: clouds, clusters, their configuration, and the services of machines.

use std::sync::LazyLock;

use super::Relation;
use super::scene::Scene;
use super::verbs::{self, Kind, Tool};
use crate::policy::names::{Names, Rows};

const TOOLS: &[Tool] = &[
    Tool {
        programs: "terraform tofu terragrunt",
        mutates: "apply;destroy;import;taint;untaint;refresh;force-unlock;state rm;state mv;state push;\
                  state replace-provider;workspace delete;workspace new;run-all apply;run-all destroy;login;logout;apply-all;\
                  destroy-all;stack apply;run apply;run destroy",
        reads: "plan;validate;fmt;show;output;graph;providers;version;init;console;test;get;state list;state show;\
                state pull;workspace list;workspace show;workspace select;metadata;modules;run-all plan;plan-all;\
                render-json;hclfmt;validate-inputs;graph-dependencies;run-all validate;run-all init;run-all output;\
                run plan;run validate;run init;run output;run show",
        common: false,
    },
    Tool {
        programs: "pulumi",
        mutates: "up;update;destroy;refresh;import;cancel;state;stack rm;stack init;stack rename;config set;config rm;\
                  config set-all;deployment;watch;stack import;stack tag set",
        reads: "preview;stack;stack ls;stack output;stack select;stack export;stack graph;stack history;config;\
                config get;whoami;about;version;logs;plugin;new;login;install;convert;schema;package;gen-completion",
        common: true,
    },
    Tool {
        programs: "aws",
        mutates: "s3 rm;s3 mb;s3 rb;s3 mv;s3 website;ssm send-command;ssm start-session;lambda invoke",
        reads: "s3 ls;s3 presign;sts;configure;help;ssm get-parameter;cloudformation package;\
                eks update-kubeconfig;ecr get-login-password;ecr get-login;sso;codeartifact login;logs tail;logs start-query;\
                dynamodb scan;dynamodb query;lambda wait;athena start-query-execution;iam simulate-principal-policy",
        common: true,
    },
    Tool {
        programs: "gcloud",
        mutates: "app deploy;run deploy;functions deploy;builds submit;compute ssh;compute scp",
        reads: "config;auth;info;version;components list;container clusters get-credentials;help;topic;meta;\
                init;builds log;app browse;app logs;beta emulators;emulators",
        common: true,
    },
    Tool {
        programs: "az",
        mutates: "deployment create;deployment group create;deployment sub create;rest",
        reads: "account;login;logout;version;find;aks get-credentials;deployment group what-if;deployment sub what-if;\
                deployment group validate;acr login;configure;config;extension;upgrade;feedback;bicep;interactive",
        common: true,
    },
    Tool {
        programs: "kubectl oc k",
        mutates: "apply;create;delete;edit;patch;replace;scale;autoscale;set;label;annotate;taint;cordon;uncordon;drain;\
                  rollout restart;rollout undo;rollout pause;rollout resume;expose;run;cp;debug;certificate;adm;new-app;\
                  new-project;start-build;process;policy;import;tag;rsh",
        reads: "get;describe;logs;top;explain;version;cluster-info;api-resources;api-versions;config;diff;auth;wait;\
                kustomize;rollout status;rollout history;plugin;completion;options;proxy;port-forward;events;whoami;\
                project;projects;status;login;ctx;ns;krew;tree;neat",
        common: false,
    },
    Tool {
        programs: "helm helm3",
        mutates: "install;upgrade;uninstall;delete;del;un;rollback;test;push",
        reads: "template;lint;list;ls;get;status;history;show;search;dependency;dep;package;pull;fetch;repo;version;env;\
                plugin;diff;verify;create;completion;unittest;registry;inspect;secrets",
        common: false,
    },
    Tool {
        programs: "helmfile",
        mutates: "apply;sync;destroy;delete;test",
        reads: "diff;template;lint;list;status;deps;fetch;build;write-values;show-dag;init;version;cache;repos",
        common: false,
    },
    Tool { programs: "ansible", mutates: "", reads: "", common: false },
    Tool {
        programs: "doctl linode-cli hcloud scw oci ibmcloud exo civo vultr-cli nomad consul vault flux argocd eksctl kops \
                   rancher crossplane nova openstack glooctl istioctl linkerd velero consul-template boundary waypoint \
                   gsutil bq az-cli aliyun tccli yc upctl ovhcloud stackit confluent ccloud atlas mongocli metalctl talosctl \
                   clusterctl tkn kn okteto cilium teleport tsh fluxctl skaffold cloudflared tailscale eb etcdctl",
        mutates: "app sync;app set;app create;app delete;app rollback;app terminate-op;reconcile;bootstrap;suspend;resume;\
                  job run;job stop;kv put;kv delete;rsync;cp;mv;rm;del;iam ch;acl ch;defacl ch;web;rewrite",
        reads: "get;check;logs;tree;app get;app list;app diff;app history;app manifests;app wait;app logs;auth;account;\
                kv get;kv list;catalog;context;login;logout;export;stats;diff;build;render;proxy-status;proxy-config;\
                endpoint;analyze;version;members;peers;node status;raft list-peers;operator raft list-peers",
        common: true,
    },
    Tool {
        programs: "cdk cdktf sst sam copilot amplify serverless sls chalice zappa apex bosh juju rke atlantis fly flyctl railway \
                   wrangler spacectl flarectl dnscontrol cli53 govc",
        mutates: "deploy;destroy;bootstrap;import;rollback;remove;delete;sync;push;publish;svc deploy;env deploy;init app;stack confirm;down;rrdelete;rrcreate;instance create",
        reads: "synth;synthesize;diff;ls;list;doctor;metadata;context;docs;init;acknowledge;notices;build;validate;local;\
                package;print;info;logs;version;status;invoke local;offline;invoke;dev;login;logout;preview;types;tail;whoami;link;open",
        common: true,
    },
    // What stands behind these words is an operand and no verb.
    Tool {
        programs: "heroku cf",
        mutates: "scale;restart;restage;run;push",
        reads: "apps;app;addons;ps;config;releases;access;domains;pg;auth;login;logout;target;spaces;orgs;services;service;\
                routes;buildpacks;stacks;marketplace;local;open;pg:psql;run:inside;env;plugins;features;regions;whoami",
        common: true,
    },
    Tool {
        programs: "packer",
        mutates: "build",
        reads: "validate;fmt;inspect;init;console;version;hcl2_upgrade;plugins;fix",
        common: false,
    },
    Tool {
        programs: "vagrant",
        mutates: "up;destroy;halt;reload;provision;suspend;resume;snapshot;box remove",
        reads: "status;global-status;validate;version;port;ssh-config;box list;plugin list",
        common: false,
    },
    Tool {
        programs: "nixos-rebuild darwin-rebuild",
        mutates: "switch;boot;test;rollback",
        reads: "build;dry-build;dry-activate;build-vm;list-generations;repl;edit",
        common: false,
    },
    Tool {
        programs: "systemctl",
        mutates: "start;stop;restart;reload;reload-or-restart;try-restart;enable;disable;mask;unmask;reenable;preset;kill;\
                  isolate;daemon-reload;daemon-reexec;reboot;poweroff;halt;suspend;hibernate;rescue;emergency;set-property;\
                  edit;link;revert;set-default;reset-failed;clean;freeze;thaw;import-environment;set-environment",
        reads: "status;is-active;is-enabled;is-failed;is-system-running;list-units;list-unit-files;list-timers;\
                list-sockets;list-dependencies;list-jobs;show;cat;help;get-default;show-environment;list-machines",
        common: false,
    },
    Tool {
        programs: "docker",
        mutates: "stack deploy;stack rm;service create;service update;service rm;service scale;service rollback;swarm init;\
                  swarm join;swarm leave;swarm update;node update;node rm;node promote;node demote;secret create;secret rm;\
                  config create;config rm",
        reads: "",
        common: false,
    },
];

/// Programs that change the machine's own services and network whatever they are given, unless they only list.
const ALWAYS: &[(&str, &[&str])] = &[
    ("chef-client", &["--why-run", "-W"]),
    ("firewall-cmd", &["--state", "--list-all", "--get-zones", "--list-ports", "--list-services"]),
    ("halt", &[]),
    ("init", &[]),
    ("ip6tables", &["-L", "-S", "--list", "-nL", "-C", "--check"]),
    ("iptables", &["-L", "-S", "--list", "-C", "--check"]),
    ("kubeadm", &[]),
    ("poweroff", &[]),
    ("reboot", &[]),
    ("shutdown", &[]),
    ("telinit", &[]),
];

/// Programs that may change infrastructure.
static KNOWN: LazyLock<Names> = LazyLock::new(|| {
    const OTHERS: &str = "ansible-playbook ansible-pull ufw nft service sysctl puppet salt salt-ssh octodns-sync salt-call knife chef pm2 \
        supervisorctl launchctl rc-service brew-services hostnamectl timedatectl nginx kafka-topics kafka-topics.sh";
    let tools = TOOLS.iter().map(|tool| tool.programs);
    Names::of(&tools.chain(ALWAYS.iter().map(|(program, _)| *program)).chain([OTHERS]).collect::<Vec<_>>())
});

/// The tools by their programs.
static BY_PROGRAM: LazyLock<Rows<Tool>> = LazyLock::new(|| Rows::of(TOOLS, |tool| tool.programs));

/// It installs or removes programs on another machine: `ssh web sudo apt-get install nginx`.
fn installs_there(scene: &Scene<'_>) -> bool {
    matches!(scene.program(), "apt" | "apt-get" | "dnf" | "yum" | "apk" | "zypper" | "snap")
        && scene.invocation.via.iter().any(|outer| outer.text.starts_with("ssh"))
        && scene.operands.first().is_some_and(|verb| verbs::common(verb) == Kind::Mutates || *verb == "in")
}

/// How a call relates to a rule against changes of infrastructure.
pub(super) fn relation(scene: &Scene<'_>) -> Relation {
    let program = scene.program();
    if scene.only_tells() {
        return Relation::None;
    }
    if installs_there(scene) {
        return Relation::Is;
    }
    if !KNOWN.has(program) {
        return if verbs::unknown_changes(scene) { Relation::May } else { Relation::None };
    }
    match program {
        "ansible-playbook" | "ansible-pull" => {
            let checks = ["-C", "--check", "--list-hosts", "--list-tasks", "--list-tags"];
            return if scene.has(&checks) { Relation::None } else { Relation::Is };
        }
        "nginx" => return if scene.has(&["-s"]) { Relation::Is } else { Relation::None },
        "kafka-topics" | "kafka-topics.sh" => {
            let changes = scene.has(&["--delete", "--create", "--alter"]);
            return if changes { Relation::Is } else { Relation::None };
        }
        "ansible" => {
            let module = scene.flags.iter().find(|flag| matches!(&*flag.name, "-m" | "--module-name"));
            let looks = matches!(
                module.and_then(|flag| flag.value),
                Some("ping" | "setup" | "debug" | "gather_facts" | "stat")
            );
            return if looks || scene.has(&["-C", "--check", "--list-hosts"]) || scene.flags.is_empty() {
                Relation::None
            } else {
                Relation::Is
            };
        }
        "octodns-sync" => return if scene.has(&["--doit"]) { Relation::Is } else { Relation::None },
        "ufw" | "nft" | "service" | "sysctl" | "puppet" | "salt" | "salt-ssh" | "salt-call" | "knife"
        | "chef" | "pm2" | "supervisorctl" | "launchctl" | "rc-service" | "brew-services" | "hostnamectl"
        | "timedatectl" => {
            return local(scene);
        }
        _ => {}
    }
    if let Some((_, looks)) = ALWAYS.iter().find(|(name, _)| *name == program) {
        return if scene.has(looks) { Relation::None } else { Relation::Is };
    }
    let Some(tool) = BY_PROGRAM.about(program).first() else { return Relation::None };
    if program == "docker" {
        // What runs on a server is its service, whatever it is here.
        let there = scene.invocation.via.iter().any(|outer| outer.text.starts_with("ssh"));
        let services = ["restart", "stop", "start", "kill", "rm", "run", "compose", "pull", "update"];
        let changes = there && scene.operands.first().is_some_and(|verb| services.contains(verb));
        return match verbs::kind(tool, &scene.operands) {
            Kind::Mutates => Relation::Is,
            Kind::Reads | Kind::Unknown if changes => Relation::Is,
            Kind::Reads | Kind::Unknown if scene.may_become(tool.mutates.split(';')) => Relation::May,
            Kind::Reads | Kind::Unknown => Relation::None,
        };
    }
    if matches!(program, "aws" | "gsutil") && copies(scene) {
        // What is fetched from there changes nothing there.
        let to = scene.operands.last().copied().unwrap_or_default();
        let tries = program == "gsutil" && scene.has(&["-n"]);
        return if to.contains("://") && !tries { Relation::Is } else { Relation::None };
    }
    if looks_by_option(scene) {
        return Relation::None;
    }
    if program == "terraform" && scene.is(&["plan"]) || scene.operands.is_empty() && !scene.hidden {
        return Relation::None;
    }
    if program == "terraform" && scene.is(&["init"]) && scene.has(&["-migrate-state", "-force-copy"]) {
        return Relation::Is;
    }
    if matches!(program, "kubectl" | "oc" | "k") && scene.is(&["exec"]) {
        return if runs_reader(scene) { Relation::None } else { Relation::May };
    }
    if matches!(program, "kubectl" | "oc" | "k") && scene.is(&["cp"]) {
        // Out of the pod or into it.
        let into = scene.operands.last().is_some_and(|word| word.contains(':'));
        return if into { Relation::Is } else { Relation::None };
    }
    // Without `--yes` these only print what they would do.
    if program == "kops"
        && !scene.has(&["--yes", "-y"])
        && scene
            .operands
            .first()
            .is_some_and(|verb| matches!(*verb, "update" | "rolling-update" | "upgrade" | "delete"))
    {
        return Relation::None;
    }
    if program == "ansible" || scene.has(&["--preview-only", "--check-only", "--client"]) {
        return Relation::None;
    }
    match verbs::kind(tool, &scene.operands) {
        Kind::Mutates => Relation::Is,
        Kind::Reads => Relation::None,
        Kind::Unknown => Relation::May,
    }
}

/// An option says that it only looks: `az rest --method get`, `aws lambda invoke --invocation-type DryRun`.
fn looks_by_option(scene: &Scene<'_>) -> bool {
    let says = |options: &[&str], values: &[&str]| {
        let equals = scene.flags.iter().any(|flag| {
            options.contains(&&*flag.name)
                && flag.value.is_some_and(|it| values.iter().any(|value| it.eq_ignore_ascii_case(value)))
        });
        let apart = |(at, word): (usize, &&str)| {
            values.iter().any(|value| word.eq_ignore_ascii_case(value)) && scene.follows(at, options)
        };
        equals || scene.operands.iter().enumerate().any(apart)
    };
    scene.is(&["rest"]) && scene.program() == "az" && says(&["--method", "-m"], &["get", "head"])
        || scene.is(&["lambda", "invoke"]) && says(&["--invocation-type"], &["DryRun"])
}

/// What it runs in a container or on a server only looks: `kubectl exec POD -- cat FILE`.
fn runs_reader(scene: &Scene<'_>) -> bool {
    const READERS: [&str; 24] = [
        "cat",
        "date",
        "df",
        "dig",
        "du",
        "echo",
        "grep",
        "head",
        "hostname",
        "id",
        "ls",
        "netstat",
        "nslookup",
        "pg_isready",
        "printenv",
        "ps",
        "pwd",
        "ss",
        "stat",
        "tail",
        "test",
        "uname",
        "wc",
        "whoami",
    ];
    let words = scene.invocation.words();
    let after = words.iter().skip_while(|word| word.text.as_deref() != Some("--")).nth(1);
    after.and_then(|word| word.text.as_deref()).is_some_and(|program| READERS.contains(&program))
        && scene.command.redirections.iter().all(|redirection| !redirection.feeds())
}

fn copies(scene: &Scene<'_>) -> bool {
    scene.is(&["s3", "cp"])
        || scene.is(&["s3", "sync"])
        || scene.program() == "gsutil"
            && (scene.is(&["cp"]) || scene.is(&["rsync"]) || scene.is(&["-m", "cp"]))
}

/// Services and settings of the machine itself: `service nginx restart`, `ufw allow 22`.
fn local(scene: &Scene<'_>) -> Relation {
    let looks = [
        "status",
        "list",
        "show",
        "-l",
        "ls",
        "logs",
        "describe",
        "info",
        "version",
        "get",
        "print",
        "test.ping",
    ];
    match scene.program() {
        "sysctl" => {
            let writes = scene.has(&["-w", "--write", "-p", "--load"])
                || scene.operands.iter().any(|word| word.contains('='));
            if writes { Relation::Is } else { Relation::None }
        }
        "puppet" if !scene.is(&["apply"]) && !scene.is(&["agent"]) => Relation::None,
        "puppet" if scene.has(&["--noop"]) => Relation::None,
        _ if scene.operands.is_empty() => Relation::None,
        _ if scene.operands.iter().any(|word| looks.contains(word)) => Relation::None,
        _ => Relation::Is,
    }
}
