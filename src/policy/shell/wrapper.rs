//! Programs that run the rest of their words as a command, as far as their options are known for certain.

use std::ops::Range;
use std::sync::LazyLock;

use super::Word;
use super::parser::is_name;
use crate::policy::names::Rows;

/// What a program does with the words after it.
#[derive(Default)]
pub(super) struct Wrapped {
    /// What it runs.
    pub(super) runs: Vec<Runs>,
    /// A text that is replaced in the words of that command (`xargs -I`).
    pub(super) marker: Option<String>,
    /// Further words are appended at run time.
    pub(super) appends: bool,
    /// It runs on another machine or in a container.
    pub(super) elsewhere: bool,
    /// It may run a command, but which one is not certain.
    pub(super) unclear: Option<(Option<Range<usize>>, String)>,
}

/// One thing that it runs; numbers of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Runs {
    /// These words are a command.
    Words { at: usize, end: usize },
    /// These words, with blanks between them, are shell text.
    Text { at: usize, end: usize },
    /// A word is shell text but for its first bytes.
    Value { at: usize, skip: usize },
}

/// The words after the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
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
struct Wrapper {
    program: &'static str,
    /// The words that make it a prefix: `uv run`.
    subcommand: &'static str,
    /// Short and long options without a value.
    plain: &'static str,
    /// Short and long options with a value.
    valued: &'static str,
    /// Options with which it runs nothing.
    queries: &'static str,
    /// Options whose value is shell text.
    code: &'static str,
    /// How many operands stand before the command.
    operands: usize,
    /// `NAME=value` may stand before the command.
    assignments: bool,
    elsewhere: bool,
    /// Options that are not listed take no value, and do not matter.
    lenient: bool,
    tail: Tail,
}

const PLAIN: Wrapper = Wrapper {
    program: "",
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
};

const DOCKER_RUN: &str = "-a --attach --add-host --annotation --blkio-weight --cap-add --cap-drop --cgroup-parent \
    --cgroupns --cidfile --cpu-period --cpu-quota -c --cpu-shares --cpus --cpuset-cpus --device --dns -e --env \
    --env-file --expose --gpus --group-add -h --hostname --ip --ipc -l --label --label-file --link --log-driver \
    --log-opt --mac-address -m --memory --memory-swap --mount --name --network --net --network-alias --pid \
    --pids-limit --platform -p --publish --pull --restart --runtime --security-opt --shm-size --stop-signal \
    --stop-timeout --sysctl --tmpfs --ulimit -u --user --userns --uts -v --volume --volumes-from -w --workdir";
const DOCKER_PLAIN: &str = "-d --detach --disable-content-trust --init -i --interactive --no-healthcheck \
    --oom-kill-disable --privileged -P --publish-all -q --quiet --read-only --rm -t --tty -T --no-TTY --no-deps \
    --build --quiet-pull --remove-orphans --service-ports --use-aliases";
const SSH_VALUED: &str = "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w";
const SSH_PLAIN: &str = "-4 -6 -A -a -C -f -G -g -K -k -M -N -n -q -s -T -t -v -V -X -x -Y -y";

const WRAPPERS: &[Wrapper] = &[
    Wrapper { program: "adb", subcommand: "shell", elsewhere: true, tail: Tail::Text, ..PLAIN },
    Wrapper { program: "asdf", subcommand: "exec", ..PLAIN },
    Wrapper {
        program: "aws-vault",
        subcommand: "exec",
        plain: "--no-session -j --json -s --server --ec2-server --ecs-server --lazy",
        valued: "-d --duration --region -t --mfa-token -n --backend --prompt",
        operands: 1,
        ..PLAIN
    },
    Wrapper { program: "bazel", subcommand: "run", lenient: true, tail: Tail::Nothing, ..PLAIN },
    Wrapper { program: "builtin", ..PLAIN },
    Wrapper { program: "bun", subcommand: "x", plain: "--bun --silent", ..PLAIN },
    Wrapper { program: "bundle", subcommand: "exec", plain: "--keep-file-descriptors", ..PLAIN },
    Wrapper { program: "bunx", plain: "--bun --silent -y", ..PLAIN },
    Wrapper { program: "busybox", queries: "--help --list --list-full", ..PLAIN },
    Wrapper {
        program: "bwrap",
        valued: "--bind --ro-bind --dev-bind --bind-try --ro-bind-try --dev-bind-try --symlink --dev --proc --tmpfs --dir \
                 --chdir --setenv --unsetenv --uid --gid --hostname --file --bind-data --ro-bind-data --perms --cap-add --cap-drop",
        lenient: true,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper { program: "caffeinate", plain: "-d -i -m -s -u", valued: "-t -w", ..PLAIN },
    Wrapper {
        program: "cargo",
        subcommand: "watch",
        valued: "-w --watch -i --ignore -d --delay -C --workdir -x --exec",
        code: "-s --shell",
        lenient: true,
        tail: Tail::Dashes,
        ..PLAIN
    },
    Wrapper { program: "cgexec", plain: "--sticky", valued: "-g", ..PLAIN },
    Wrapper { program: "chronic", plain: "-v -e", ..PLAIN },
    Wrapper {
        program: "chroot",
        valued: "--userspec --groups",
        plain: "--skip-chdir",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "chrt",
        plain: "-a -b -d -f -i -m -o -p -r -R -v --all-tasks --batch --deadline --fifo --idle --max --other --pid --rr --reset-on-fork --verbose",
        valued: "-T -P -D --sched-runtime --sched-period --sched-deadline",
        operands: 1,
        ..PLAIN
    },
    Wrapper { program: "command", plain: "-p", queries: "-v -V", ..PLAIN },
    Wrapper {
        program: "concurrently",
        valued: "-n --names -c --prefix-colors -p --prefix -m --max-processes",
        lenient: true,
        tail: Tail::Texts,
        ..PLAIN
    },
    Wrapper {
        program: "conda",
        subcommand: "run",
        plain: "--no-capture-output --live-stream -v",
        valued: "-n --name -p --prefix --cwd",
        ..PLAIN
    },
    Wrapper { program: "coreutils", queries: "--help --version --list", ..PLAIN },
    Wrapper { program: "cpulimit", valued: "-l --limit -p --pid -e --exe -P", lenient: true, ..PLAIN },
    Wrapper { program: "cronic", ..PLAIN },
    Wrapper { program: "cross-env", assignments: true, ..PLAIN },
    Wrapper { program: "cross-env-shell", assignments: true, tail: Tail::Text, ..PLAIN },
    Wrapper { program: "daemonize", valued: "-c -e -o -p -l -u -E", plain: "-a -v", ..PLAIN },
    Wrapper { program: "dbus-run-session", valued: "--config-file --dbus-daemon", ..PLAIN },
    Wrapper { program: "devbox", subcommand: "run", plain: "-q --quiet", tail: Tail::Text, ..PLAIN },
    Wrapper { program: "direnv", subcommand: "exec", operands: 1, ..PLAIN },
    Wrapper {
        program: "distrobox",
        subcommand: "enter",
        valued: "-n --name",
        lenient: true,
        elsewhere: true,
        tail: Tail::Dashes,
        ..PLAIN
    },
    Wrapper { program: "doas", plain: "-n -s -L", valued: "-u -C -a", ..PLAIN },
    Wrapper {
        program: "docker",
        subcommand: "compose exec",
        plain: DOCKER_PLAIN,
        valued: "-e --env --index -u --user -w --workdir",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker",
        subcommand: "compose run",
        plain: DOCKER_PLAIN,
        valued: DOCKER_RUN,
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker",
        subcommand: "container exec",
        plain: DOCKER_PLAIN,
        valued: "--detach-keys -e --env --env-file -u --user -w --workdir",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker",
        subcommand: "container run",
        plain: DOCKER_PLAIN,
        valued: DOCKER_RUN,
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker",
        subcommand: "exec",
        plain: DOCKER_PLAIN,
        valued: "--detach-keys -e --env --env-file -u --user -w --workdir",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker",
        subcommand: "run",
        plain: DOCKER_PLAIN,
        valued: DOCKER_RUN,
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker-compose",
        subcommand: "exec",
        plain: DOCKER_PLAIN,
        valued: "-e --env --index -u --user -w --workdir",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "docker-compose",
        subcommand: "run",
        plain: DOCKER_PLAIN,
        valued: DOCKER_RUN,
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "doppler",
        subcommand: "run",
        valued: "-c --config -p --project --command",
        lenient: true,
        tail: Tail::Dashes,
        ..PLAIN
    },
    Wrapper { program: "dotenv", valued: "-e -f -c -p -v", lenient: true, ..PLAIN },
    Wrapper {
        program: "dotenvx",
        subcommand: "run",
        valued: "-f --env-file -e --env",
        lenient: true,
        tail: Tail::Dashes,
        ..PLAIN
    },
    Wrapper { program: "entr", plain: "-a -c -d -n -p -r -x -z", code: "-s", ..PLAIN },
    Wrapper {
        program: "env",
        plain: "-i - -0 -v --ignore-environment --null --debug --default-signal --ignore-signal --block-signal",
        valued: "-u --unset -C --chdir",
        code: "-S --split-string",
        assignments: true,
        ..PLAIN
    },
    Wrapper { program: "exec", plain: "-c -l", valued: "-a", ..PLAIN },
    Wrapper {
        program: "fakeroot",
        valued: "-l -s -i -b --lib --faked",
        plain: "-u -v",
        tail: Tail::Command,
        ..PLAIN
    },
    Wrapper { program: "faketime", plain: "-m -p", valued: "-f", operands: 1, ..PLAIN },
    Wrapper { program: "firejail", lenient: true, ..PLAIN },
    Wrapper { program: "flatpak-spawn", plain: "--host --clear-env --watch-bus", lenient: true, ..PLAIN },
    Wrapper {
        program: "flock",
        plain: "-s -x -e -u -n -o -F --shared --exclusive --unlock --nonblock --nb --close --no-fork --verbose",
        valued: "-w --timeout --wait -E --conflict-exit-code",
        code: "-c --command",
        operands: 1,
        ..PLAIN
    },
    Wrapper {
        program: "fly",
        subcommand: "ssh console",
        valued: "-a --app -r --region -s --select",
        code: "-C --command",
        elsewhere: true,
        lenient: true,
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper {
        program: "gcloud",
        subcommand: "compute ssh",
        valued: "--zone --project",
        code: "--command",
        elsewhere: true,
        lenient: true,
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper { program: "gdb", lenient: true, tail: Tail::Nothing, ..PLAIN },
    Wrapper { program: "git", subcommand: "bisect run", ..PLAIN },
    Wrapper {
        program: "git",
        subcommand: "submodule foreach",
        plain: "--recursive -q --quiet",
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "git",
        subcommand: "submodule --quiet foreach",
        plain: "--recursive -q --quiet",
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "git",
        subcommand: "rebase",
        code: "-x --exec",
        lenient: true,
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper { program: "git", subcommand: "for-each-repo", valued: "--config", tail: Tail::Nothing, ..PLAIN },
    Wrapper { program: "hatch", subcommand: "run", ..PLAIN },
    Wrapper {
        program: "heroku",
        subcommand: "run",
        valued: "-a --app -s --size",
        plain: "--no-tty --exit-code -x",
        elsewhere: true,
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "hyperfine",
        valued: "-w --warmup -r --runs -m --min-runs -M --max-runs -P --parameter-scan -L --parameter-list -n --command-name --export-json --export-markdown --export-csv --export-asciidoc -S --shell --style -u --time-unit --output --input",
        code: "-p --prepare -c --cleanup -s --setup -C --conclude",
        lenient: true,
        tail: Tail::Texts,
        ..PLAIN
    },
    Wrapper { program: "ifne", plain: "-n", ..PLAIN },
    Wrapper { program: "ionice", plain: "-t", valued: "-c -n --class --classdata", ..PLAIN },
    Wrapper {
        program: "kubectl",
        subcommand: "exec",
        plain: "-i -t -q --stdin --tty --quiet",
        valued: "-c --container -n --namespace --context --kubeconfig -f --filename --pod-running-timeout",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "kubectl",
        subcommand: "run",
        plain: "-i -t --rm --stdin --tty --command --attach -q --quiet",
        valued: "--image --restart -n --namespace --overrides --env -l --labels",
        lenient: true,
        elsewhere: true,
        tail: Tail::Dashes,
        ..PLAIN
    },
    Wrapper { program: "linux32", plain: "-R -L -v", ..PLAIN },
    Wrapper { program: "linux64", plain: "-R -L -v", ..PLAIN },
    Wrapper {
        program: "ltrace",
        plain: "-c -C -f -i -r -S -t -T -v",
        valued: "-a -A -D -e -l -n -o -p -s -u -x",
        ..PLAIN
    },
    Wrapper { program: "lxc", subcommand: "exec", operands: 1, lenient: true, elsewhere: true, ..PLAIN },
    // `microk8s kubectl …`, `minikube kubectl -- …`: the tool that they bring with them.
    Wrapper { program: "microk8s", ..PLAIN },
    Wrapper { program: "minikube", valued: "-p --profile", lenient: true, ..PLAIN },
    Wrapper {
        program: "mise",
        subcommand: "exec",
        lenient: true,
        tail: Tail::Dashes,
        code: "-c --command",
        ..PLAIN
    },
    Wrapper {
        program: "mise",
        subcommand: "x",
        lenient: true,
        tail: Tail::Dashes,
        code: "-c --command",
        ..PLAIN
    },
    Wrapper {
        program: "mosh",
        valued: "-p --port --ssh --server",
        lenient: true,
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "multipass",
        subcommand: "exec",
        valued: "-d --working-directory",
        operands: 1,
        elsewhere: true,
        ..PLAIN
    },
    Wrapper { program: "nice", plain: "-0 -1 -2 -3 -4 -5 -6 -7 -8 -9", valued: "-n --adjustment", ..PLAIN },
    Wrapper {
        program: "nix",
        subcommand: "develop",
        valued: "--profile",
        lenient: true,
        code: "",
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper {
        program: "nix-shell",
        plain: "--pure",
        valued: "-p -E -A -I --arg --argstr",
        code: "--run --command",
        lenient: true,
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper {
        program: "nodemon",
        valued: "-w --watch -e --ext -i --ignore -d --delay",
        code: "-x --exec",
        lenient: true,
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper { program: "nohup", ..PLAIN },
    Wrapper {
        program: "npm",
        subcommand: "exec",
        plain: "-y --yes --no -ws --workspaces",
        valued: "-p --package -w --workspace",
        code: "-c --call",
        ..PLAIN
    },
    Wrapper {
        program: "npx",
        plain: "-y --yes --no --no-install -q --quiet --prefer-offline --ignore-existing",
        valued: "-p --package -w --workspace",
        code: "-c --call",
        ..PLAIN
    },
    Wrapper { program: "nq", plain: "-c -q -t -w", ..PLAIN },
    Wrapper {
        program: "nsenter",
        lenient: true,
        valued: "-t --target -S --setuid -G --setgid",
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "numactl",
        plain: "-l -a --localalloc --all",
        valued: "-i -p -m -N -C --interleave --preferred --membind --cpunodebind --physcpubind",
        ..PLAIN
    },
    Wrapper { program: "op", subcommand: "run", valued: "--env-file --account", lenient: true, ..PLAIN },
    Wrapper { program: "pdm", subcommand: "run", plain: "-s", ..PLAIN },
    Wrapper {
        program: "perf",
        subcommand: "record",
        valued: "-e --event -o --output -F --freq --call-graph",
        lenient: true,
        ..PLAIN
    },
    Wrapper {
        program: "perf",
        subcommand: "stat",
        valued: "-e --event -r --repeat -o --output -x",
        lenient: true,
        ..PLAIN
    },
    Wrapper {
        program: "perf",
        subcommand: "trace",
        valued: "-e --event -o --output",
        lenient: true,
        ..PLAIN
    },
    Wrapper { program: "pipenv", subcommand: "run", ..PLAIN },
    Wrapper {
        program: "pipx",
        subcommand: "run",
        plain: "--no-cache --pip-args",
        valued: "--spec --python",
        ..PLAIN
    },
    Wrapper {
        program: "pixi",
        subcommand: "run",
        valued: "-e --environment --manifest-path",
        lenient: true,
        ..PLAIN
    },
    Wrapper { program: "pkexec", plain: "--disable-internal-agent --keep-cwd", valued: "--user", ..PLAIN },
    Wrapper {
        program: "pnpm",
        subcommand: "dlx",
        valued: "--package",
        code: "",
        plain: "--silent -s -c",
        ..PLAIN
    },
    Wrapper {
        program: "pnpm",
        subcommand: "exec",
        plain: "-r --recursive --parallel -c --shell-mode",
        valued: "--filter",
        ..PLAIN
    },
    Wrapper { program: "poetry", subcommand: "run", plain: "-q -v", valued: "-C --directory", ..PLAIN },
    Wrapper { program: "prlimit", lenient: true, valued: "-p --pid -o --output", ..PLAIN },
    Wrapper { program: "proot", valued: "-r -b -q -w --rootfs --bind", lenient: true, ..PLAIN },
    Wrapper { program: "rlwrap", lenient: true, valued: "-b -f -H -s", ..PLAIN },
    Wrapper {
        program: "rsh",
        plain: "-n -d",
        valued: "-l",
        operands: 1,
        elsewhere: true,
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "runuser",
        plain: "-l - -m -p -f --login --preserve-environment --fast",
        valued: "-u --user -g --group -G --supp-group -s --shell -w",
        code: "-c --command --session-command",
        ..PLAIN
    },
    Wrapper { program: "rye", subcommand: "run", ..PLAIN },
    Wrapper {
        program: "screen",
        plain: "-d -m -D -A -q -U -L",
        valued: "-S -t -c -s -p -h -T",
        queries: "-ls -list -r -x -v --version --help",
        ..PLAIN
    },
    Wrapper {
        program: "script",
        plain: "-a -e -f -q --append --return --flush --quiet --force",
        valued: "-E --echo -I --log-in -O --log-out -B --log-io -T --log-timing -m -o --output-limit",
        code: "-c --command",
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper { program: "setarch", plain: "-R -L -B -v --addr-no-randomize", operands: 1, ..PLAIN },
    Wrapper {
        program: "setpriv",
        lenient: true,
        valued: "--reuid --regid --groups --inh-caps --bounding-set",
        ..PLAIN
    },
    Wrapper { program: "setsid", plain: "-c -f -w --ctty --fork --wait", ..PLAIN },
    Wrapper { program: "sg", plain: "-", code: "-c", operands: 1, tail: Tail::Text, ..PLAIN },
    Wrapper {
        program: "ssh",
        plain: SSH_PLAIN,
        valued: SSH_VALUED,
        operands: 1,
        elsewhere: true,
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper { program: "sshpass", plain: "-e -v", valued: "-p -f -d -P", ..PLAIN },
    Wrapper {
        program: "start-stop-daemon",
        lenient: true,
        valued: "--exec -x --startas -a --pidfile -p --chuid -c --chdir -d --name -n",
        tail: Tail::Dashes,
        ..PLAIN
    },
    Wrapper { program: "stdbuf", valued: "-i -o -e --input --output --error", ..PLAIN },
    Wrapper {
        program: "strace",
        plain: "-c -C -d -f -ff -F -i -k -n -q -qq -r -t -tt -ttt -T -v -w -x -xx -y -yy -z -Z --follow-forks --quiet --summary-only",
        valued: "-a -b -e -E -I -o -O -p -P -s -S -u -X --output --trace --string-limit",
        ..PLAIN
    },
    Wrapper {
        program: "su",
        plain: "-l - -m -p -f -P --login --preserve-environment --fast --pty",
        valued: "-g --group -G -s --shell -w",
        code: "-c --command --session-command",
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper {
        program: "sudo",
        plain: "-A -b -B -E -H -i -k -n -N -P -s -S --askpass --background --login --non-interactive --preserve-env --set-home --shell --stdin",
        valued: "-C -D -g -h -p -R -T -u -r -t -U --chdir --close-from --group --host --prompt --user --command-timeout",
        queries: "-l -v -V -K -e --list --validate --version --help",
        assignments: true,
        ..PLAIN
    },
    Wrapper { program: "systemd-inhibit", lenient: true, queries: "--list --help --version", ..PLAIN },
    Wrapper {
        program: "systemd-run",
        plain: "-d -G -P -q -r -S -t --user --system --scope --wait --pty --pipe --quiet --collect --remain-after-exit --same-dir --no-block --shell --no-ask-password",
        valued: "-p --property -E --setenv -u --unit -H --host -M --machine --description --slice --uid --gid --nice --working-directory --on-calendar --on-active --on-boot --timer-property --service-type",
        ..PLAIN
    },
    Wrapper {
        program: "taskset",
        plain: "-a -c --all-tasks --cpu-list",
        valued: "",
        queries: "-p --pid --help --version",
        operands: 1,
        ..PLAIN
    },
    Wrapper {
        program: "time",
        plain: "-p -v -a -q --portability --verbose --append --quiet",
        valued: "-f -o --format --output",
        ..PLAIN
    },
    Wrapper {
        program: "timeout",
        plain: "-v -f -p --foreground --preserve-status --verbose",
        valued: "-k -s --kill-after --signal",
        operands: 1,
        ..PLAIN
    },
    Wrapper {
        program: "toolbox",
        subcommand: "run",
        valued: "-c --container -d --distro -r --release",
        elsewhere: true,
        ..PLAIN
    },
    Wrapper {
        program: "torsocks",
        plain: "-q -d -i --quiet --debug --isolate",
        valued: "-u -p -a -P",
        ..PLAIN
    },
    Wrapper { program: "toybox", queries: "--help --long", ..PLAIN },
    Wrapper { program: "ts-node", lenient: true, tail: Tail::Nothing, ..PLAIN },
    Wrapper { program: "unbuffer", plain: "-p", ..PLAIN },
    Wrapper {
        program: "unshare",
        plain: "-i -m -n -p -u -U -C -T -f -r -c --ipc --mount --net --pid --uts --user --cgroup --time --fork --map-root-user --map-current-user --mount-proc --kill-child",
        valued: "-R --root -w --wd -S --setuid -G --setgid --map-user --map-group --propagation --setgroups",
        ..PLAIN
    },
    Wrapper {
        program: "uv",
        subcommand: "run",
        plain: "--all-extras --all-groups --frozen --isolated --locked --no-dev --no-project --no-sync --offline -q --quiet -v --verbose",
        valued: "--directory --env-file --extra --group --package --project -p --python --with --with-requirements",
        ..PLAIN
    },
    Wrapper {
        program: "uv",
        subcommand: "tool run",
        plain: "--isolated -q --quiet --offline",
        valued: "--from --with -p --python",
        ..PLAIN
    },
    Wrapper {
        program: "uvx",
        plain: "--isolated -q --quiet --offline",
        valued: "--from --with -p --python",
        ..PLAIN
    },
    Wrapper {
        program: "vagrant",
        subcommand: "ssh",
        code: "-c --command",
        lenient: true,
        elsewhere: true,
        tail: Tail::Nothing,
        ..PLAIN
    },
    Wrapper { program: "valgrind", lenient: true, ..PLAIN },
    Wrapper {
        program: "watch",
        plain: "-b -c -C -d -e -g -p -r -t -w --beep --color --differences --errexit --chgexit --precise --no-title --no-wrap",
        valued: "-n --interval -q --equexit",
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "watchexec",
        valued: "-w --watch -e --exts -i --ignore -d --debounce -s --signal --shell",
        lenient: true,
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "wsl",
        valued: "-d --distribution -u --user",
        lenient: true,
        tail: Tail::Text,
        ..PLAIN
    },
    Wrapper {
        program: "xargs",
        plain: "-0 -p -r -t -x -o --no-run-if-empty --null --verbose --interactive --exit --open-tty",
        valued: "-a -d -E -I -J -L -n -P -R -S -s --arg-file --delimiter --max-args --max-lines --max-procs --replace --max-chars",
        ..PLAIN
    },
    Wrapper {
        program: "xvfb-run",
        plain: "-a -l --auto-servernum",
        valued: "-e -f -n -p -s -w --server-args --server-num --error-file",
        ..PLAIN
    },
    Wrapper { program: "yarn", subcommand: "dlx", plain: "-q --quiet", valued: "-p --package", ..PLAIN },
    Wrapper { program: "yarn", subcommand: "exec", ..PLAIN },
];

/// The options with a value of a program that runs the rest of its words.
pub(super) fn valued(program: &str) -> &'static str {
    find(program).map_or("", |wrapper| wrapper.valued)
}

/// Whether a program is known to run the rest of its words: if it does, that is a call of its own.
pub(crate) fn is_wrapper(program: &str) -> bool {
    find(program).is_some() || matches!(program, "find" | "fd" | "fdfind" | "parallel" | "tmux")
}

/// The rows by program.
static BY_PROGRAM: LazyLock<Rows<Wrapper>> = LazyLock::new(|| Rows::of(WRAPPERS, |wrapper| wrapper.program));

/// The first row of a program.
fn find(program: &str) -> Option<&'static Wrapper> {
    BY_PROGRAM.about(program).first().copied()
}

/// What `setarch` takes for an architecture.
fn is_architecture(text: &str) -> bool {
    let starts = [
        "aarch64", "arm", "i386", "i486", "i586", "i686", "linux", "mips", "ppc", "riscv", "s390", "sparc",
        "x86",
    ];
    starts.iter().any(|start| text.starts_with(start))
        || matches!(text, "alpha" | "athlon" | "ia64" | "uname26")
}

/// Whether one of the names in a list is this.
fn lists(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|listed| listed == name)
}

/// Finds what a program runs from the words after it.
pub(super) fn unwrap(program: &str, words: &[Word]) -> Wrapped {
    let name = if program == "flyctl" {
        "fly"
    } else if program == "oc" {
        "kubectl"
    } else {
        program
    };
    for wrapper in BY_PROGRAM.about(name) {
        // Global options may stand before the subcommand.
        let Some(skip) = wrapper.behind_subcommand(words) else { continue };
        let mut wrapped = Wrapped { elsewhere: wrapper.elsewhere, ..Wrapped::default() };
        wrapper.find(words, skip, &mut wrapped);
        if program == "xargs" && wrapped.marker.is_none() {
            wrapped.appends = true;
        }
        return wrapped;
    }
    Wrapped::default()
}

impl Wrapper {
    /// The number of the word after the subcommand.
    fn behind_subcommand(&self, words: &[Word]) -> Option<usize> {
        let mut wanted = self.subcommand.split_ascii_whitespace().peekable();
        let mut at = 0;
        while let Some(next) = wanted.peek() {
            let text = words.get(at)?.text.as_deref()?;
            if text == *next {
                wanted.next();
            } else if text.starts_with('-') && text.len() > 1 {
                // A global option; of those with a value most are known.
                let valued = super::invocation::takes_value(self.program, text);
                at += usize::from(valued);
            } else {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// Skips options, assignments and operands.
    fn find(&self, words: &[Word], from: usize, wrapped: &mut Wrapped) {
        let (mut at, mut operands, mut options) = (from, self.operands, self.tail != Tail::Dashes);
        if self.tail == Tail::Dashes {
            let dashes = words.iter().position(|word| word.text.as_deref() == Some("--"));
            let end = dashes.unwrap_or(words.len());
            self.codes(&words[..end], from, wrapped);
            if let Some(dashes) = dashes.filter(|dashes| dashes + 1 < words.len()) {
                wrapped.runs.push(Runs::Words { at: dashes + 1, end: words.len() });
            }
            return;
        }
        let unclear = |word: &Word, what: &str| {
            let reason = format!("{what} of `{}`, which runs another program", self.program);
            Some((Some(word.span.clone()), reason))
        };
        while let Some(word) = words.get(at) {
            at += 1;
            let Some(text) = word.constant() else {
                if self.tail == Tail::Nothing {
                    continue;
                }
                let assigns =
                    self.assignments && word.prefix.split_once('=').is_some_and(|(n, _)| is_name(n));
                if assigns {
                    continue;
                }
                if operands == 0 && !(word.splits && word.prefix.is_empty()) {
                    return self.tail(at - 1, words, wrapped);
                }
                if word.splits || operands == 0 || word.prefix.starts_with('-') {
                    wrapped.unclear = unclear(word, "a computed argument");
                    return;
                }
                operands -= 1;
                continue;
            };
            if options && text == "--" {
                options = false;
            } else if options && lists(self.queries, text) {
                return;
            } else if options && text.starts_with('-') && (text.len() > 1 || lists(self.plain, "-")) {
                match self.option(text) {
                    Found::Plain => {}
                    Found::Value { attached, code } => {
                        let value = if attached.is_some() { at - 1 } else { at };
                        if words.get(value).is_some_and(|value| value.splits) {
                            wrapped.unclear = unclear(word, "a computed option");
                            return;
                        }
                        if code && value < words.len() {
                            wrapped.runs.push(Runs::Value { at: value, skip: attached.unwrap_or(0) });
                        }
                        if self.program == "xargs"
                            && (text.starts_with("-I") || text.starts_with("--replace"))
                        {
                            let text = words.get(value).and_then(Word::constant);
                            wrapped.marker = text.map(|text| text[attached.unwrap_or(0)..].to_owned());
                            if wrapped.marker.is_none() {
                                wrapped.unclear = unclear(word, "a computed option");
                                return;
                            }
                        }
                        at += usize::from(attached.is_none());
                        // `--bind FROM TO`
                        let pair =
                            ["bind", "symlink", "--setenv", "--file"].iter().any(|it| text.contains(it));
                        at += usize::from(self.program == "bwrap" && attached.is_none() && pair);
                    }
                    Found::Unknown if self.lenient => {}
                    Found::Unknown => {
                        wrapped.unclear = unclear(word, "an option this version does not know");
                        return;
                    }
                }
            } else if self.assignments && text.split_once('=').is_some_and(|(name, _)| !name.is_empty()) {
                options = false;
            } else if self.program == "setarch" && operands > 0 && !is_architecture(text) {
                // `setarch -R rm …`: which architecture need not be said.
                return self.tail(at - 1, words, wrapped);
            } else if operands > 0 {
                operands -= 1;
                // `flock FILE -c '…'`, but what stands behind `chroot DIR` is the command's.
                options =
                    !self.code.is_empty() || matches!(self.program, "kubectl" | "ssh" | "mosh" | "setarch");
            } else if self.tail != Tail::Nothing {
                return self.tail(at - 1, words, wrapped);
            }
        }
    }

    /// What stands behind the options and operands.
    fn tail(&self, at: usize, words: &[Word], wrapped: &mut Wrapped) {
        // `flock FILE -c '…'` runs nothing else; `env -S 'a b' c` does.
        if !wrapped.runs.is_empty() && !matches!(self.program, "env" | "hyperfine") {
            return;
        }
        let end = words.len();
        let at = at + usize::from(words[at].text.as_deref() == Some("--"));
        match self.tail {
            _ if at == end => {}
            Tail::Command => wrapped.runs.push(Runs::Words { at, end }),
            Tail::Text => wrapped.runs.push(Runs::Text { at, end }),
            Tail::Texts => wrapped.runs.extend((at..end).map(|at| Runs::Value { at, skip: 0 })),
            Tail::Dashes | Tail::Nothing => {}
        }
    }

    /// Options with shell text among words that are otherwise of no interest.
    fn codes(&self, words: &[Word], from: usize, wrapped: &mut Wrapped) {
        for at in from..words.len() {
            let Some(text) = words[at].constant() else { continue };
            if lists(self.code, text) && at + 1 < words.len() {
                wrapped.runs.push(Runs::Value { at: at + 1, skip: 0 });
            }
        }
    }

    /// What an option is.
    fn option(&self, text: &str) -> Found {
        if text.starts_with("--") {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let attached = value.map(|value| text.len() - value.len());
            if lists(self.code, name) {
                return Found::Value { attached, code: true };
            }
            if lists(self.valued, name) {
                return Found::Value { attached, code: false };
            }
            return if lists(self.plain, name) { Found::Plain } else { Found::Unknown };
        }
        if text == "-" || lists(self.plain, text) {
            return Found::Plain;
        }
        for (index, letter) in text.char_indices().skip(1) {
            let mut buffer = [0; 5];
            buffer[0] = b'-';
            let length = letter.encode_utf8(&mut buffer[1..]).len();
            let name = std::str::from_utf8(&buffer[..=length]).unwrap_or_default();
            let end = index + letter.len_utf8();
            let attached = (end < text.len()).then_some(end);
            if lists(self.code, name) {
                return Found::Value { attached, code: true };
            }
            if lists(self.valued, name) {
                return Found::Value { attached, code: false };
            }
            if !lists(self.plain, name) {
                return Found::Unknown;
            }
        }
        Found::Plain
    }
}

/// What an option is.
enum Found {
    Plain,
    /// It has a value: in the same word from this byte on, or in the next word.
    Value {
        attached: Option<usize>,
        code: bool,
    },
    Unknown,
}
