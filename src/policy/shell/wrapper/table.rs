//! The option grammars of programs that run the rest of their words: one row for each way of calling them.

use std::sync::LazyLock;

use crate::policy::names::Rows;

use Tail::{Dashes, Nothing, Text, Texts};

/// The words after the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// A command.
    Command,
    /// A command after `--` only; what stands before is of no interest.
    Dashes,
    /// Shell text in one or more words.
    Text,
    /// Each word is shell text.
    Texts,
    /// Nothing that is run.
    Nothing,
}

/// The option grammar of one prefix; names are separated by blanks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) program: &'static str,
    /// The words that make it a prefix: `uv run`.
    pub(super) subcommand: &'static str,
    /// Short and long options without a value.
    pub(super) plain: &'static str,
    /// Short and long options with a value.
    pub(super) valued: &'static str,
    /// Options with which it runs nothing.
    pub(super) queries: &'static str,
    /// Options whose value is shell text.
    pub(super) code: &'static str,
    /// How many operands stand before the command.
    pub(super) operands: usize,
    /// `NAME=value` may stand before the command.
    pub(super) assignments: bool,
    pub(super) elsewhere: bool,
    /// Options that are not listed take no value, and do not matter.
    pub(super) lenient: bool,
    pub(super) tail: Tail,
}

/// A program behind which a command stands, without options.
const fn row(program: &'static str) -> Row {
    Row {
        program,
        subcommand: "",
        plain: "",
        valued: "",
        queries: "--help --version",
        code: "",
        operands: 0,
        assignments: false,
        elsewhere: false,
        lenient: false,
        tail: Tail::Command,
    }
}

impl Row {
    const fn under(self, subcommand: &'static str) -> Row {
        Row { subcommand, ..self }
    }

    const fn plain(self, plain: &'static str) -> Row {
        Row { plain, ..self }
    }

    const fn valued(self, valued: &'static str) -> Row {
        Row { valued, ..self }
    }

    const fn queries(self, queries: &'static str) -> Row {
        Row { queries, ..self }
    }

    const fn code(self, code: &'static str) -> Row {
        Row { code, ..self }
    }

    const fn operands(self, operands: usize) -> Row {
        Row { operands, ..self }
    }

    const fn then(self, tail: Tail) -> Row {
        Row { tail, ..self }
    }

    const fn assignments(self) -> Row {
        Row { assignments: true, ..self }
    }

    const fn lenient(self) -> Row {
        Row { lenient: true, ..self }
    }

    const fn elsewhere(self) -> Row {
        Row { elsewhere: true, ..self }
    }
}

/// The rows about a program, in the order of the table.
pub(super) fn rows(program: &str) -> &'static [&'static Row] {
    static BY_PROGRAM: LazyLock<Rows<Row>> = LazyLock::new(|| Rows::of(ROWS, |row| row.program));
    BY_PROGRAM.about(program)
}

const DOCKER_RUN: &str = "-a --attach --add-host --annotation --blkio-weight --cap-add --cap-drop --cgroup-parent \
    --cgroupns --cidfile --cpu-period --cpu-quota -c --cpu-shares --cpus --cpuset-cpus --device --dns -e --env \
    --entrypoint --env-file --expose --gpus --group-add --health-cmd --health-interval --health-retries --health-start-period --health-timeout -h --hostname --ip --ipc -l --label --label-file --link --log-driver \
    --log-opt --mac-address -m --memory --memory-swap --mount --name --network --net --network-alias --pid \
    --pids-limit --platform -p --publish --pull --restart --runtime --security-opt --shm-size --stop-signal \
    --stop-timeout --sysctl --tmpfs --ulimit -u --user --userns --uts -v --volume --volumes-from -w --workdir";
const DOCKER_PLAIN: &str = "-d --detach --disable-content-trust --init -i --interactive --no-healthcheck \
    --oom-kill-disable --privileged -P --publish-all -q --quiet --read-only --rm -t --tty -T --no-TTY --no-deps \
    --build --quiet-pull --remove-orphans --service-ports --use-aliases";
const DOCKER_SERVICE: &str = "--name --replicas --constraint --mode -e --env --env-file -l --label --limit-cpu --limit-memory \
    --mount --network -p --publish --reserve-cpu --reserve-memory --restart-condition --restart-delay --restart-max-attempts \
    --secret --config -u --user -w --workdir --update-delay --update-parallelism --health-cmd --hostname --dns --host";
const SSH_VALUED: &str = "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w";
const SSH_PLAIN: &str = "-4 -6 -A -a -C -f -G -g -K -k -M -N -n -q -s -T -t -v -V -X -x -Y -y";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("adb").under("shell").elsewhere().then(Text),
    row("asdf").under("exec"),
    row("aws").under("ecs execute-command").code("--command").lenient().elsewhere().then(Nothing),
    row("aws-vault").under("exec").plain("--no-session -j --json -s --server --ec2-server --ecs-server --lazy").valued("-d --duration --region -t --mfa-token -n --backend --prompt").operands(1),
    row("az").under("vm run-command invoke").code("--scripts").lenient().elsewhere().then(Nothing),
    row("bazel").under("run").lenient().then(Nothing),
    row("builtin"),
    row("bun").under("x").plain("--bun --silent"),
    row("bundle").under("exec").plain("--keep-file-descriptors"),
    row("bunx").plain("--bun --silent -y"),
    row("busybox").queries("--help --list --list-full"),
    row("bwrap").valued("--bind --ro-bind --dev-bind --bind-try --ro-bind-try --dev-bind-try --symlink --dev --proc --tmpfs --dir --chdir --setenv --unsetenv --uid --gid --hostname --file --bind-data --ro-bind-data --perms --cap-add --cap-drop").lenient().elsewhere(),
    row("caffeinate").plain("-d -i -m -s -u").valued("-t -w"),
    row("cargo").under("watch").valued("-w --watch -i --ignore -d --delay -C --workdir -x --exec").code("-s --shell").lenient().then(Dashes),
    row("cgexec").plain("--sticky").valued("-g"),
    row("chamber").under("exec").lenient().then(Dashes),
    row("chokidar").code("-c --command").lenient().then(Nothing),
    row("chronic").plain("-v -e"),
    row("chroot").plain("--skip-chdir").valued("--userspec --groups").operands(1).elsewhere(),
    row("chrt").plain("-a -b -d -f -i -m -o -p -r -R -v --all-tasks --batch --deadline --fifo --idle --max --other --pid --rr --reset-on-fork --verbose").valued("-T -P -D --sched-runtime --sched-period --sched-deadline").operands(1),
    row("clush").valued("-w -x -g -X -f -l -t -u -o -B").lenient().elsewhere().then(Text),
    row("command").plain("-p").queries("-v -V"),
    row("concurrently").valued("-n --names -c --prefix-colors -p --prefix -m --max-processes").lenient().then(Texts),
    row("conda").under("run").plain("--no-capture-output --live-stream -v").valued("-n --name -p --prefix --cwd"),
    row("coreutils").queries("--help --version --list"),
    row("cpulimit").valued("-l --limit -p --pid -e --exe -P").lenient(),
    row("cronic"),
    row("cross-env").assignments(),
    row("cross-env-shell").assignments().then(Text),
    row("daemonize").plain("-a -v").valued("-c -e -o -p -l -u -E"),
    row("devcontainer").under("exec").valued("--workspace-folder --container-id --config --id-label --remote-env").lenient().elsewhere(),
    row("dbus-run-session").valued("--config-file --dbus-daemon"),
    row("devbox").under("run").plain("-q --quiet").then(Text),
    row("direnv").under("exec").operands(1),
    row("distrobox").under("enter").valued("-n --name").lenient().elsewhere().then(Dashes),
    row("doas").plain("-n -s -L").valued("-u -C -a"),
    row("docker").under("compose exec").plain(DOCKER_PLAIN).valued("-e --env --index -u --user -w --workdir").operands(1).elsewhere(),
    row("docker").under("compose run").plain(DOCKER_PLAIN).valued(DOCKER_RUN).operands(1).elsewhere(),
    row("docker").under("container exec").plain(DOCKER_PLAIN).valued("--detach-keys -e --env --env-file -u --user -w --workdir").operands(1).elsewhere(),
    row("docker").under("container run").plain(DOCKER_PLAIN).valued(DOCKER_RUN).operands(1).elsewhere(),
    row("docker").under("container create").plain(DOCKER_PLAIN).valued(DOCKER_RUN).operands(1).elsewhere(),
    row("docker").under("create").plain(DOCKER_PLAIN).valued(DOCKER_RUN).operands(1).elsewhere(),
    row("docker").under("service create").plain(DOCKER_PLAIN).valued(DOCKER_SERVICE).operands(1).elsewhere().lenient(),
    row("docker").under("exec").plain(DOCKER_PLAIN).valued("--detach-keys -e --env --env-file -u --user -w --workdir").operands(1).elsewhere(),
    row("docker").under("run").plain(DOCKER_PLAIN).valued(DOCKER_RUN).operands(1).elsewhere(),
    row("docker-compose").under("exec").plain(DOCKER_PLAIN).valued("-e --env --index -u --user -w --workdir").operands(1).elsewhere(),
    row("docker-compose").under("run").plain(DOCKER_PLAIN).valued(DOCKER_RUN).operands(1).elsewhere(),
    row("docker-machine").under("ssh").operands(1).elsewhere().then(Text),
    row("dockerize").valued("-wait -timeout -template -stdout -stderr").lenient(),
    row("doppler").under("run").valued("-c --config -p --project").code("--command").lenient().then(Dashes),
    row("dotenv").valued("-e -f -c -p -v").lenient(),
    row("dotenvx").under("run").valued("-f --env-file -e --env").lenient().then(Dashes),
    row("dsh").valued("-m -g -f -r -F").plain("-a -M -c -w -q -v").elsewhere().then(Text),
    row("dumb-init").plain("-c -v --single-child --verbose").valued("-r --rewrite"),
    row("entr").plain("-a -c -d -n -p -r -x -z").code("-s"),
    row("env-cmd").valued("-f --file -e --environments -r --rc-file").lenient(),
    row("envchain").operands(1),
    row("env").plain("-i - -0 -v --ignore-environment --null --debug --default-signal --ignore-signal --block-signal").valued("-u --unset -C --chdir").code("-S --split-string").assignments(),
    row("exec").plain("-c -l").valued("-a"),
    row("fakeroot").plain("-u -v").valued("-l -s -i -b --lib --faked"),
    row("fab").lenient().then(Dashes),
    row("faketime").plain("-m -p").valued("-f").operands(1),
    row("firejail").lenient(),
    row("flatpak-spawn").plain("--host --clear-env --watch-bus").lenient(),
    row("flock").plain("-s -x -e -u -n -o -F --shared --exclusive --unlock --nonblock --nb --close --no-fork --verbose").valued("-w --timeout --wait -E --conflict-exit-code").code("-c --command").operands(1),
    row("fly").under("ssh console").valued("-a --app -r --region -s --select").code("-C --command").lenient().elsewhere().then(Nothing),
    row("gcloud").under("compute ssh").valued("--zone --project").code("--command").lenient().elsewhere().then(Nothing),
    row("gdb").lenient().then(Nothing),
    row("gh").under("codespace ssh").valued("-c --codespace -R --repo -p --profile --server-port").lenient().elsewhere().then(Text),
    row("gh").under("cs ssh").valued("-c --codespace -R --repo -p --profile --server-port").lenient().elsewhere().then(Text),
    row("git").under("bisect run"),
    row("git").under("submodule foreach").plain("--recursive -q --quiet").then(Text),
    row("git").under("submodule --quiet foreach").plain("--recursive -q --quiet").then(Text),
    row("git").under("rebase").code("-x --exec").lenient().then(Nothing),
    row("git").under("for-each-repo").valued("--config").then(Nothing),
    row("fnm").under("exec").valued("--using --node-dist-mirror --fnm-dir --log-level").lenient(),
    row("gosu").operands(1),
    row("guix").under("shell").lenient().then(Dashes),
    row("heaptrack").valued("-o --output").plain("-r --raw --record-only -a --analyze"),
    row("hatch").under("run"),
    row("heroku").under("run").plain("--no-tty --exit-code -x").valued("-a --app -s --size").elsewhere().then(Text),
    row("honcho").under("run").valued("-e --env -f --procfile"),
    row("hyperfine").valued("-w --warmup -r --runs -m --min-runs -M --max-runs -P --parameter-scan -L --parameter-list -n --command-name --export-json --export-markdown --export-csv --export-asciidoc -S --shell --style -u --time-unit --output --input").code("-p --prepare -c --cleanup -s --setup -C --conclude").lenient().then(Texts),
    row("ifne").plain("-n"),
    row("infisical").under("run").lenient().code("--command -c").then(Dashes),
    row("ionice").plain("-t").valued("-c -n --class --classdata"),
    row("kubectl").under("exec").plain("-i -t -q --stdin --tty --quiet").valued("-c --container -n --namespace --context --kubeconfig -f --filename --pod-running-timeout").operands(1).elsewhere(),
    row("kubectl").under("create job").lenient().elsewhere().then(Dashes),
    row("kubectl").under("create cronjob").lenient().elsewhere().then(Dashes),
    row("kubectl").under("create deployment").lenient().elsewhere().then(Dashes),
    row("kubectl").under("create deploy").lenient().elsewhere().then(Dashes),
    row("kubectl").under("run").plain("-i -t --rm --stdin --tty --command --attach -q --quiet").valued("--image --restart -n --namespace --overrides --env -l --labels").lenient().elsewhere().then(Dashes),
    row("lima").elsewhere(),
    row("limactl").under("shell").valued("--workdir --shell").operands(1).elsewhere().lenient(),
    row("kubectl").under("rsh").valued("-n --namespace -c --container --shell --context").plain("-T -t").operands(1).elsewhere(),
    row("kubectl").under("debug").lenient().elsewhere().then(Dashes),
    row("lerna").under("exec").lenient().then(Dashes),
    row("linux32").plain("-R -L -v"),
    row("linux64").plain("-R -L -v"),
    row("logsave").plain("-a -s -v").operands(1),
    row("ltrace").plain("-c -C -f -i -r -S -t -T -v").valued("-a -A -D -e -l -n -o -p -s -u -x"),
    row("lxc-attach").lenient().elsewhere().then(Dashes),
    row("lxc").under("exec").operands(1).lenient().elsewhere(),
    // `microk8s kubectl …`, `minikube kubectl -- …`: the tool that they bring with them.
    row("microk8s"),
    row("minikube").under("ssh").valued("-p --profile -n --node").lenient().elsewhere().then(Text),
    row("minikube").valued("-p --profile").lenient(),
    row("mispipe").then(Texts),
    row("micromamba").under("run").valued("-n --name -p --prefix --cwd -r --root-prefix -e --env").lenient(),
    row("mamba").under("run").valued("-n --name -p --prefix --cwd").lenient(),
    row("mise").under("exec").code("-c --command").lenient().then(Dashes),
    row("mise").under("x").code("-c --command").lenient().then(Dashes),
    row("mosh").valued("-p --port --ssh --server").operands(1).lenient().elsewhere(),
    row("multipass").under("exec").valued("-d --working-directory").operands(1).elsewhere(),
    row("mpiexec").valued("-n -np -H --host --hostfile -x").lenient(),
    row("mpirun").valued("-n -np -H --host --hostfile -x").lenient(),
    row("multitime").valued("-n -s -i -o").lenient(),
    row("nice").plain("-0 -1 -2 -3 -4 -5 -6 -7 -8 -9").valued("-n --adjustment"),
    row("nix").under("develop").valued("--profile").lenient().then(Nothing),
    row("nix-shell").plain("--pure").valued("-p -E -A -I --arg --argstr").code("--run --command").lenient().then(Nothing),
    row("nodemon").valued("-w --watch -e --ext -i --ignore -d --delay").code("-x --exec").lenient().then(Nothing),
    row("nohup"),
    row("npm").under("exec").plain("-y --yes --no -ws --workspaces").valued("-p --package -w --workspace").code("-c --call"),
    row("npm").under("explore").operands(1),
    row("npm").under("x").plain("-y --yes --no -ws --workspaces").valued("-p --package -w --workspace").code("-c --call"),
    row("npx").plain("-y --yes --no --no-install -q --quiet --prefer-offline --ignore-existing").valued("-p --package -w --workspace").code("-c --call"),
    row("nq").plain("-c -q -t -w"),
    row("nsenter").valued("-t --target -S --setuid -G --setgid").lenient().elsewhere(),
    row("numactl").plain("-l -a --localalloc --all").valued("-i -p -m -N -C --interleave --preferred --membind --cpunodebind --physcpubind"),
    row("onchange").valued("-i -e --exclude -d --delay -a --await -f --filter -j --jobs").lenient().then(Dashes),
    row("nvm").under("exec").plain("--silent --lts").operands(1),
    row("nvm").under("run").plain("--silent --lts").operands(1),
    row("op").under("run").valued("--env-file --account").lenient(),
    row("pdm").under("run").plain("-s -g --global -v -q --site-packages").valued("-p --project --venv"),
    row("parallel-ssh").valued("-h --hosts -H --host -l --user -p --par -o --outdir -e --errdir -t --timeout -O --option -x --extra-args -X --extra-arg").plain("-i -v -P -A").lenient().elsewhere().then(Text),
    row("pdsh").valued("-w -x -g -X -l -f -t -u -R").lenient().elsewhere().then(Text),
    row("pee").then(Texts),
    row("perf").under("record").valued("-e --event -o --output -F --freq --call-graph").lenient(),
    row("perf").under("stat").valued("-e --event -r --repeat -o --output -x").lenient(),
    row("perf").under("trace").valued("-e --event -o --output").lenient(),
    row("pipenv").under("run"),
    row("pipx").under("run").plain("--no-cache --pip-args").valued("--spec --python"),
    row("pixi").under("run").valued("-e --environment --manifest-path").lenient(),
    row("pkexec").plain("--disable-internal-agent --keep-cwd").valued("--user"),
    row("pnpm").under("dlx").plain("--silent -s -c").valued("--package"),
    row("pnpm").under("exec").plain("-r --recursive --parallel -c --shell-mode").valued("--filter"),
    row("poetry").under("run").plain("-q -v").valued("-C --directory"),
    row("prlimit").valued("-p --pid -o --output").lenient(),
    row("proot").valued("-r -b -q -w --rootfs --bind").lenient(),
    row("retry").valued("-t --times -d --delay -m").lenient(),
    row("rlwrap").valued("-b -f -H -s").lenient(),
    row("rsh").plain("-n -d").valued("-l").operands(1).elsewhere().then(Text),
    row("rush").valued("-j --jobs -d --field-delimiter -D --record-delimiter -n --nrecords -i -r --retries -t --timeout").lenient().then(Text),
    row("rr").under("record").lenient(),
    row("runuser").plain("-l - -m -p -f --login --preserve-environment --fast").valued("-u --user -g --group -G --supp-group -s --shell -w").code("-c --command --session-command"),
    row("rye").under("run"),
    row("screen").plain("-d -m -D -A -q -U -L").valued("-S -t -c -s -p -h -T").queries("-ls -list -r -x -v --version --help"),
    row("script").plain("-a -e -f -q --append --return --flush --quiet --force").valued("-E --echo -I --log-in -O --log-out -B --log-io -T --log-timing -m -o --output-limit").code("-c --command").then(Nothing),
    row("sem").valued("-j --jobs --id --st --semaphore-timeout").plain("--fg --bg --pipe --wait").lenient().then(Text),
    row("setarch").plain("-R -L -B -v --addr-no-randomize").operands(1),
    row("setpriv").valued("--reuid --regid --groups --inh-caps --bounding-set").lenient(),
    row("setuidgid").operands(1),
    row("setsid").plain("-c -f -w --ctty --fork --wait"),
    row("sg").plain("-").code("-c").operands(1).then(Text),
    row("singularity").under("exec").valued("-B --bind --env --pwd -H --home").lenient().operands(1).elsewhere(),
    row("apptainer").under("exec").valued("-B --bind --env --pwd -H --home").lenient().operands(1).elsewhere(),
    row("sops").under("exec-env").lenient().operands(1).then(Text),
    row("sops").under("exec-file").lenient().operands(1).then(Text),
    row("softlimit").lenient(),
    row("srun").valued("-n -N -p -t -c -J --ntasks --nodes --partition --time").lenient().elsewhere(),
    row("ssh").plain(SSH_PLAIN).valued(SSH_VALUED).operands(1).elsewhere().then(Text),
    row("sshpass").plain("-e -v").valued("-p -f -d -P"),
    row("start-stop-daemon").valued("--exec -x --startas -a --pidfile -p --chuid -c --chdir -d --name -n").lenient().then(Dashes),
    row("su-exec").operands(1),
    row("stdbuf").valued("-i -o -e --input --output --error"),
    row("strace").plain("-c -C -d -f -ff -F -i -k -n -q -qq -r -t -tt -ttt -T -v -w -x -xx -y -yy -z -Z --follow-forks --quiet --summary-only").valued("-a -b -e -E -I -o -O -p -P -s -S -u -X --output --trace --string-limit"),
    row("su").plain("-l - -m -p -f -P --login --preserve-environment --fast --pty").valued("-g --group -G -s --shell -w").code("-c --command --session-command").then(Nothing),
    row("sudo").plain("-A -b -B -E -H -i -k -n -N -P -s -S --askpass --background --login --non-interactive --preserve-env --set-home --shell --stdin").valued("-C -D -g -h -p -R -T -u -r -t -U --chdir --close-from --group --host --prompt --user --command-timeout").queries("-l -v -V -K -e --list --validate --version --help").assignments(),
    row("systemd-cat").valued("-t --identifier -p --priority"),
    row("systemd-inhibit").queries("--list --help --version").lenient(),
    row("systemd-run").plain("-d -G -P -q -r -S -t --user --system --scope --wait --pty --pipe --quiet --collect --remain-after-exit --same-dir --no-block --shell --no-ask-password").valued("-p --property -E --setenv -u --unit -H --host -M --machine --description --slice --uid --gid --nice --working-directory --on-calendar --on-active --on-boot --timer-property --service-type"),
    row("systemd-nspawn").valued("-D --directory -M --machine -u --user -E --setenv --bind --bind-ro -i --image").lenient().elsewhere(),
    row("taskset").plain("-a -c --all-tasks --cpu-list").queries("-p --pid --help --version").operands(1),
    row("terramate").under("run").valued("-C --chdir -B --git-change-base --tags --no-tags --parallel").lenient(),
    row("time").plain("-p -v -a -q --portability --verbose --append --quiet").valued("-f -o --format --output"),
    row("timeout").plain("-v -f -p --foreground --preserve-status --verbose").valued("-k -s --kill-after --signal").operands(1),
    row("tini").plain("-s -v -g -vv").valued("-p -e"),
    row("toolbox").under("run").valued("-c --container -d --distro -r --release").elsewhere(),
    row("torsocks").plain("-q -d -i --quiet --debug --isolate").valued("-u -p -a -P"),
    row("toybox").queries("--help --long"),
    row("ts-node").lenient().then(Nothing),
    row("ts").plain("-f -n -g -m -d -B").valued("-L -D -N -S -G"),
    row("tsp").plain("-f -n -g -m -d -B").valued("-L -D -N -S -G"),
    row("unbuffer").plain("-p"),
    row("unshare").plain("-i -m -n -p -u -U -C -T -f -r -c --ipc --mount --net --pid --uts --user --cgroup --time --fork --map-root-user --map-current-user --mount-proc --kill-child").valued("-R --root -w --wd -S --setuid -G --setgid --map-user --map-group --propagation --setgroups"),
    row("uv").under("run").plain("--all-extras --all-groups --frozen --isolated --locked --no-dev --no-project --no-sync --offline -q --quiet -v --verbose").valued("--directory --env-file --extra --group --package --project -p --python --with --with-requirements"),
    row("uv").under("tool run").plain("--isolated -q --quiet --offline").valued("--from --with -p --python"),
    row("uvx").plain("--isolated -q --quiet --offline").valued("--from --with -p --python"),
    row("vagrant").under("ssh").code("-c --command").lenient().elsewhere().then(Dashes),
    row("valgrind").lenient(),
    row("watch").plain("-b -c -C -d -e -g -p -r -t -w --beep --color --differences --errexit --chgexit --precise --no-title --no-wrap").valued("-n --interval -q --equexit").then(Text),
    row("watchexec").valued("-w --watch -e --exts -i --ignore -d --debounce -s --signal --shell").lenient().then(Text),
    row("wsl").valued("-d --distribution -u --user").lenient().then(Text),
    row("xargs").plain("-0 -p -r -t -x -o --no-run-if-empty --null --verbose --interactive --exit --open-tty").valued("-a -d -E -I -J -L -n -P -R -S -s --arg-file --delimiter --max-args --max-lines --max-procs --replace --max-chars"),
    row("xvfb-run").plain("-a -l --auto-servernum").valued("-e -f -n -p -s -w --server-args --server-num --error-file"),
    row("yarn").under("dlx").plain("-q --quiet").valued("-p --package"),
    row("yarn").under("exec"),
];
