//! The script that starts a service, waits for it, runs the steps that it serves, and stops it.

use std::fmt::Write as _;

use planproof_sandbox::CHECKPOINT;

use super::{GRACE, Readiness};
use crate::plan::Check;
use crate::run::script::{pipefail, quote};

/// `__planproof_listening`: the ports that something listens on, in hexadecimal, with blanks around each
/// (<https://docs.kernel.org/networking/proc_net_tcp.html>; state 0A is LISTEN).
const LOOK: &str = r#"__planproof_look() {
__planproof_listening=' '
for __planproof_file in /proc/net/tcp /proc/net/tcp6; do
[ -r "$__planproof_file" ] || continue
while builtin read -r _ __planproof_address _ __planproof_state _; do
[ "$__planproof_state" = 0A ] && __planproof_listening="$__planproof_listening${__planproof_address##*:} "
done < "$__planproof_file"
done
}
__planproof_look
__planproof_before=$__planproof_listening
"#;

/// Whether a server answers in HTTP, whatever its answer.
const ASK: &str = r#"__planproof_ask() { (
exec 9<>"/dev/tcp/$1/$2" && builtin printf '%s' "$3" >&9 && builtin read -r -t 2 -u 9 __planproof_line &&
[[ $__planproof_line == HTTP/* ]]
) 2>/dev/null 8>&-; }
"#;

/// Passes on what the service prints, and tells once of a line with a text.
///
/// By a file, not by a word to the wrapper: a read with a timeout loses what comes just when its time is up.
const READER: &str = r#"__planproof_mark="${TMPDIR:-/tmp}/.planproof-ready-$$"
__planproof_reader() {
while IFS= builtin read -r __planproof_line || [ -n "$__planproof_line" ]; do
builtin printf '%s\n' "$__planproof_line"
case $__planproof_line in *"$__planproof_text"*) : > "$__planproof_mark"; break ;; esac
done
exec cat 8>&-
}
exec 7> >(__planproof_reader >&2)
__planproof_reads=$!
"#;

/// Sets `__planproof_how` to what it was that was taken for readiness.
///
/// `SECONDS` has whole seconds, so that a difference of n may be little more than n - 1: only one that is greater has lasted.
const ANYTHING: &str = r#"{
__planproof_how=
for __planproof_port in $__planproof_listening; do
case $__planproof_before in *" $__planproof_port "*) ;; *) __planproof_how="port $((16#$__planproof_port))"; break ;; esac
done
[ -n "$__planproof_how" ] || { [ -z "$__planproof_gone" ] && [ $((SECONDS - __planproof_start)) -gt GRACE ]; }
}"#;

/// Waits until the service is ready, or has ended. One that ends with status 0 may have put itself into the background
/// and gets a little more time. It may end while that is found out, so that it is looked at once more before it is said. The pause is a read that finds nothing, since only `sleep` knows fractions otherwise.
const WAIT: &str = r#"__planproof_start=$SECONDS
__planproof_gone=
__planproof_how=
while :; do
if [ -z "$__planproof_gone" ] && ! builtin kill -0 "$__planproof_service" 2>/dev/null; then
builtin wait "$__planproof_service"
__planproof_status=$?
__planproof_gone=$SECONDS
fi
if [ -n "$__planproof_gone" ] && { [ "$__planproof_status" -ne 0 ] || [ $((SECONDS - __planproof_gone)) -ge GRACE ]; }; then
while [ -n "$__planproof_reads" ] && builtin kill -0 "$__planproof_reads" 2>/dev/null &&
[ $((SECONDS - __planproof_gone)) -lt GRACE ]; do builtin read -r -t 0.02 -u 8 __planproof_go; done
builtin printf 'service ended %s\n' "$__planproof_status" >&8
builtin read -r __planproof_go <&8
[ "$__planproof_status" -ne 0 ] || __planproof_status=1
exit "$__planproof_status"
fi
__planproof_look
TEST && { [ -n "$__planproof_gone" ] || builtin kill -0 "$__planproof_service" 2>/dev/null; } &&
{ builtin printf 'service ready %s\n' "$__planproof_how" >&8; builtin read -r __planproof_go <&8; break; }
builtin read -r -t 0.05 -u 8 __planproof_go
done
unset -f __planproof_look __planproof_ask __planproof_reader
__planproof_status=0
"#;

/// Tells if the service has ended by itself meanwhile, stops it politely, and leaves the rest to the sandbox, which
/// kills whatever is left of a check.
const STOP: &str = r#"if [ -z "$__planproof_gone" ] && ! builtin kill -0 "$__planproof_service" 2>/dev/null; then
builtin wait "$__planproof_service"
builtin printf 'service ended %s\n' "$?" >&8
builtin read -r __planproof_go <&8
fi
builtin kill -TERM -- "-$__planproof_service" 2>/dev/null
__planproof_start=$SECONDS
while { builtin kill -0 -- "-$__planproof_service" 2>/dev/null ||
{ [ -n "$__planproof_reads" ] && builtin kill -0 "$__planproof_reads" 2>/dev/null; }; } &&
[ $((SECONDS - __planproof_start)) -lt GRACE ]; do
builtin read -r -t 0.02 -u 8 __planproof_go
done
exit "$__planproof_status"
"#;

/// The script of a check with a service, for bash.
///
/// What the service prints goes to standard error, what the steps print to standard output, so that a step's output is
/// never taken from its service. `stderr` says that the steps' own standard error is wanted apart.
pub(in crate::run) fn script(
    check: &Check,
    readiness: &Readiness,
    hides_status: &[bool],
    stderr: bool,
) -> String {
    debug_assert_eq!(CHECKPOINT, 8, "the texts above name the descriptor");
    let Some((service, served)) = check.steps.split_first() else { return String::new() };
    let mut text = LOOK.to_owned();
    let output = match readiness {
        Readiness::Port { port, .. } | Readiness::Url { port, .. } => {
            let _ = write!(
                text,
                "case $__planproof_listening in *' {port:04X} '*) builtin printf 'service taken {port}\\n' >&8; \
                 builtin read -r __planproof_go <&8; exit 1 ;; esac\n{ASK}"
            );
            "1>&6 2>&6 6>&-"
        }
        Readiness::Output(wanted) => {
            let _ = write!(text, "__planproof_text={}\n{READER}", quote(wanted));
            "1>&7 2>&7 6>&- 7>&-"
        }
        Readiness::Anything => "1>&6 2>&6 6>&-",
    };
    let (on, _) = pipefail(hides_status, 0);
    // A group of its own, which a signal reaches whole. What the shell itself says of its jobs is nobody's output.
    let _ = write!(
        text,
        "exec 6>&2 2>/dev/null\nset -m\n( {on}eval {} ) {output} 8>&- &\n__planproof_service=$!\nset +m\n\
         exec 2>&6 6>&- 7>&-\n",
        quote(&service.command)
    );
    let grace = GRACE.to_string();
    text.push_str(&WAIT.replace("GRACE", &grace).replace("TEST", &test(readiness)));
    let merge = if stderr { "" } else { " 2>&1" };
    for (index, step) in served.iter().enumerate() {
        let (on, off) = pipefail(hides_status, index + 1);
        let told = if index + 1 == served.len() { "" } else { "[ \"$__planproof_status\" -ne 0 ] || " };
        let _ = write!(
            text,
            "if [ \"$__planproof_status\" -eq 0 ]; then\n{on}eval {}{merge} 8>&-\n__planproof_status=$?\n{off}{told}\
             {{ builtin printf '%s\\n' \"$__planproof_status\" >&8; builtin read -r __planproof_go <&8; }}\nfi\n",
            quote(&step.command)
        );
    }
    text.push_str(&STOP.replace("GRACE", &grace));
    text
}

/// The commands that succeed once it is ready.
fn test(readiness: &Readiness) -> String {
    let listens =
        |port: &u16| format!("case $__planproof_listening in *' {port:04X} '*) ;; *) false ;; esac");
    match readiness {
        Readiness::Port { port, .. } | Readiness::Url { port, request: None, .. } => listens(port),
        Readiness::Url { port, request: Some(request), .. } => format!(
            "{} && {{ __planproof_ask 127.0.0.1 {port} {request} || __planproof_ask ::1 {port} {request}; }}",
            listens(port),
            request = quote(request)
        ),
        Readiness::Output(_) => "[ -e \"$__planproof_mark\" ]".to_owned(),
        Readiness::Anything => ANYTHING.replace("GRACE", &GRACE.to_string()),
    }
}
