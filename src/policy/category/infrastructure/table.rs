//! Tools that change infrastructure, and what their words mean.

use std::sync::LazyLock;

use crate::policy::category::verbs::Tool;
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
pub(super) const ALWAYS: &[(&str, &[&str])] = &[
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
pub(super) static KNOWN: LazyLock<Names> = LazyLock::new(|| {
    const OTHERS: &str = "ansible-playbook ansible-pull ufw nft service sysctl puppet salt salt-ssh octodns-sync salt-call knife chef pm2 \
        supervisorctl launchctl rc-service brew-services hostnamectl timedatectl nginx kafka-topics kafka-topics.sh";
    let tools = TOOLS.iter().map(|tool| tool.programs);
    Names::of(&tools.chain(ALWAYS.iter().map(|(program, _)| *program)).chain([OTHERS]).collect::<Vec<_>>())
});

/// The tools by their programs.
pub(super) static BY_PROGRAM: LazyLock<Rows<Tool>> = LazyLock::new(|| Rows::of(TOOLS, |tool| tool.programs));
