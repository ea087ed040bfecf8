//! What code in other languages runs, deletes and writes, as far as its names and strings tell.

use super::read;

/// What the code in a script runs, and `?` where that is not all.
fn runs(script: &str) -> String {
    let reading = read(script);
    let calls = reading.commands.iter().filter_map(|command| command.invocations.last());
    let inner = calls.filter(|call| !call.via.is_empty()).map(|call| {
        let words = call.words().iter().map(|word| word.text.as_deref().unwrap_or("$"));
        [call.program.as_str()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
    });
    let unclear = reading.unclear.iter().map(|_| "?".to_owned()).take(1);
    inner.chain(unclear).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn table(interpreter: &str, rows: &[(&str, &str)]) {
    for (code, expected) in rows {
        let script = format!("{interpreter} - <<'E'\n{code}\nE\n");
        assert_eq!(runs(&script), *expected, "{code}");
    }
}

#[test]
fn words_that_name_programs_elsewhere_are_ordinary_in_code() {
    table(
        "python3",
        &[
            ("cmd = 'rm -r x'\nassert cmd.split()[0] == 'rm'", ""),
            ("call = ['rm', '-r']; print(len(call))", ""),
            ("import json; print(json.load(open('p')) == 'rm -r x')", ""),
            ("import re; print(re.compile(r'rm -r').search('x'))", ""),
            ("import yaml; yaml.load(open('p'), yaml.SafeLoader); model.eval(); send('rm -r')", ""),
            ("import platform; print(platform.system(), 'rm -r')", ""),
            ("def run(command):\n    return 'rm -r' in command\nassert run('rm -r x')", ""),
            ("import importlib.metadata as m; print(m.version('x'))", ""),
            ("from app import system; print(system.VERSION)", ""),
            ("import subprocess\nsubprocess.run(['ls'])\nc.execute('select 1')", "ls"),
            ("from base64 import b64decode\nprint(b64decode('cm0gLXI='))", ""),
        ],
    );
    table(
        "node",
        &[
            ("const cmd = 'rm -r x'; console.log(cmd.length)", ""),
            ("const run = s => s.includes('rm -r'); run('ls')", ""),
            ("console.log(/rm -r/.exec('rm -r x'), atob('cm0='))", ""),
        ],
    );
    table("ruby", &[("cmd = 'rm -r'; puts cmd.size", "")]);
    table(
        "perl",
        &[("my $cmd = 'rm -r'; print length $cmd", ""), ("s/rm -r/x/; tr/a/b/; print if m{unlink}", "")],
    );
    table("tclsh", &[("puts \"rm -r\"", ""), ("set x [expr 1 + 2]", "")]);
}

#[test]
fn a_comment_runs_nothing_and_ends_with_its_line() {
    let run = "require('child_process').execSync('rm x')";
    for (interpreter, code, expected) in [
        ("node", "// execSync('rm x')\nconsole.log(1)", ""),
        ("node", &*format!("// execSync('ls')\n{run}"), "rm x"),
        ("node", &*format!("x = 'a//b'; {run}"), "rm x"),
        ("node", &*format!("x.replace(/\\/\\//g, ''); {run}"), "rm x"),
        ("php", "<?php # exec('rm x');", ""),
        ("php", "<?php // exec('rm x');", ""),
        ("php", "<?php // a ?><?php exec('rm x');", "rm x"),
        ("php", "// <?php exec('rm x');", "rm x"),
        ("php", "<?php #[A] fn() => exec('rm x');", "rm x"),
        ("lua", "-- os.execute('rm x')\nprint(1)", ""),
        ("lua", "print(1) -- x\nos.execute('rm x')", "rm x"),
    ] {
        table(interpreter, &[(code, expected)]);
    }
    assert_eq!(runs("deno eval '// exec(\"rm x\")'"), "");
    assert_eq!(runs("git rebase --exec 'make check' main"), "make check; make check");
    assert_eq!(runs("cmake -E echo 'rm x'"), "");
}

#[test]
fn a_call_with_constants_is_the_command_that_it_runs() {
    table(
        "python3",
        &[
            ("import os; os.system('rm -r x')", "rm -r x"),
            ("import subprocess\nsubprocess.run(['rm', '-r', 'x y'], check=True)", "rm -r x y"),
            ("import subprocess as sp\nsp.run(args=['rm', '-r', name])", "rm -r $"),
            ("from subprocess import run, PIPE\nrun('rm -r x', shell=True, stdout=PIPE)", "rm -r x"),
            ("import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'x'])", "x"),
            ("import subprocess, shlex\nsubprocess.run(shlex.split('rm -r x'))", "rm -r x"),
            ("import subprocess\nsubprocess.run('rm -r x'.split(), stdout=subprocess.PIPE)", "rm -r x"),
            (
                "import subprocess\nr = subprocess.run(['app', 'rm -r x'])\nassert 'rm' in r.stdout",
                "app rm -r x",
            ),
            ("import os; os.execlp('rm', 'rm', '-r', 'x')", "rm -r x"),
            ("import os; os.spawnlp(os.P_WAIT, 'rm', 'rm', '-r')", "rm -r"),
            ("import subprocess\nsubprocess.run(['rm'] + ['-r', 'x'])", "rm $"),
            ("import os; os.system('\\x72m -r x')", "x72m -r x; x72m -r x; ?"),
        ],
    );
    table(
        "node",
        &[
            ("require('child_process').execSync('rm -r x', {stdio: 'inherit'})", "rm -r x"),
            ("const {spawnSync} = require('child_process'); spawnSync('rm', ['-r', 'x'])", "rm -r x"),
            ("new Deno.Command('rm', {args: ['-r', 'x'], cwd: y}).output()", "rm -r x"),
            ("import {exec} from 'node:child_process'; exec(`rm -r x`)", "rm -r x"),
        ],
    );
    table("ruby", &[("system 'rm', '-r', 'x'", "rm -r x"), ("puts `rm -r x`; exec('ls')", "ls; rm -r x")]);
    table("perl", &[("system(qw(rm -r x)); print 1", "rm -r x"), ("open(F, 'rm -r x |')", "rm -r x")]);
    table("racket", &[("(require racket/system) (system \"rm -r x\")", "rm -r x")]);
    table("bb", &[("(shell \"rm\" \"-r\" \"x\")", "rm -r x")]);
    table("perl", &[("open my $h, '-|', 'rm', '-r', 'x'", "rm -r x")]);
    table("php", &[("shell_exec('rm -r x'); echo exec(\"ls\");", "rm -r x; ls")]);
    table("lua", &[("os.execute('rm -r x')", "rm -r x")]);
    for (script, expected) in [
        ("awk 'BEGIN { system(\"rm -r x\") }'", "rm -r x"),
        ("awk '{ print | \"sort -u\" } END { \"date\" | getline d }' y", "sort -u; date"),
        ("groovy -e '\"rm -r x\".execute()'", "rm -r x"),
    ] {
        assert_eq!(runs(script), expected, "{script}");
    }
}

#[test]
fn what_is_computed_makes_every_string_a_possible_command() {
    for (interpreter, code) in [
        ("python3", "import os\nc = 'rm -r x'\nos.system(c)"),
        ("python3", "import os\nf = os.system\nf('rm -r x')"),
        ("python3", "from subprocess import run as r\nr(['rm', '-r', 'x'])"),
        ("node", "require('cross-spawn'); spawn.sync('rm', ['-r', 'x'])"),
        ("node", "execa.commandSync('rm -r x')"),
        ("node", "const c = 'child_' + 'process'; require(c).exec('rm -r x')"),
        ("php", "array_map('system', ['rm -r x']);"),
        ("node", "const cp = require('child_process'); cp.execSync.call(null, 'rm -r ' + x)"),
        ("python3", "import subprocess\ngo = subprocess.run\ngo(['rm', '-r', 'x'])"),
        ("python3", "import subprocess as s\nm = s\ngetattr(m, 'run')(['rm', '-r', 'x'])"),
        ("python3", "print(f\"{__import__('os').system('rm -r x')}\")"),
        ("node", "console.log(`${require('child_process').execSync('rm -r ' + x)}`)"),
        ("node", "const {exec: x} = require('child_process'); x('rm -r x')"),
        ("node", "const x = require('child_process').exec; x('rm -r x')"),
        ("ruby", "system \"rm -r #{x}\""),
        ("perl", "s{a}{system('rm -r ' . $x)}e"),
        ("node", "import('child_process').then(({exec}) => exec('rm -r ' + x))"),
        ("expect", "spawn rm -r x"),
        ("tclsh", "puts [exec rm -r x]"),
    ] {
        let shown = runs(&format!("{interpreter} - <<'E'\n{code}\nE\n"));
        assert!(shown.contains("rm") && shown.ends_with('?'), "{code}: {shown}");
    }
    for script in ["awk '{ print | c }' y", "awk '{ system($1) }' y", "gdb -batch -ex 'shell rm -r x' a"] {
        assert!(runs(script).ends_with('?'), "{script}");
    }
}

#[test]
fn deleting_is_a_call_of_what_is_about_files() {
    let deletes = |script: &str| !read(script).deletes.is_empty();
    for script in [
        "python3 -c 'import os; os.remove(\"a\")'",
        "python3 -c 'from os import remove; remove(\"a\")'",
        "python3 -c 'import shutil as s; s.rmtree(\"a\")'",
        "python3 -c 'from pathlib import Path; Path(\"a\").unlink()'",
        "node -e 'const f = require(\"fs\"); f.rm(\"a\", () => {})'",
        "node -e 'require(\"fs\").rmSync(\"a\")'",
        "ruby -e 'File.delete(\"a\")'",
        "node -e 'require(\"shelljs\").rm(\"-r\", \"a\")'",
        "node -e 'const {rm} = require(\"shelljs\"); rm(\"-r\", \"a\")'",
        "perl -e 'unlink \"a\"'",
        "tclsh <<< 'file delete -force a'",
    ] {
        assert!(deletes(script), "{script}");
    }
    for script in [
        "python3 -c 'a = [\"x\"]; a.remove(\"x\")'",
        "python3 -c 'import os; s = {1}; s.remove(1); print(os.getcwd())'",
        "node -e 'const a = {remove() {}}; a.remove()'",
        "perl -pe 's/rm -r/rmdir/' a",
    ] {
        assert!(!deletes(script), "{script}");
    }
}

#[test]
fn debuggers_may_look_and_walk() {
    for script in [
        "gdb -batch -ex run -ex bt --args target/a",
        "gdb -batch -ex 'print sizeof(int)' -ex 'info functions rm' target/a",
        "lldb --batch -o run -o bt -- target/a",
        "osascript -e 'return 1'",
    ] {
        assert!(read(script).unclear.is_empty(), "{script}: {:?}", read(script).unclear);
    }
    for script in
        ["gdb -batch -ex 'print system(\"ls\")' a", "gdb -ex 'set logging on' a", "gdb -ex 'source x' a"]
    {
        assert!(!read(script).unclear.is_empty(), "{script}");
    }
}

#[test]
fn an_editor_may_look_and_names_what_it_writes() {
    for (script, expected) in [
        ("vim -es -c '%print' -c q a", ""),
        ("ex -sc '%p|q' a", ""),
        ("nvim --headless -c 'checkhealth' -c 'syntax on' -c qa", ""),
        ("vim -es -c 'r !rm -r x' -c q", "rm -r x"),
        ("vim -c ':silent !rm -r x | y' -c q", "rm -r x; y"),
        ("vim -c ':call system(\"rm -r x\")' -c q", "rm -r x; ?"),
        ("vim -c 'set makeprg=x' -c make", "?"),
        ("vim -c 'source x' -c q", "?"),
    ] {
        assert_eq!(runs(script), expected, "{script}");
    }
    let writes = |script: &str| {
        let reading = read(script);
        assert!(reading.unclear.is_empty(), "{script}: {:?}", reading.unclear);
        let names = reading.foreign_writes.iter().map(|write| write.path.clone().unwrap_or("?".to_owned()));
        names.collect::<Vec<_>>().join(" ")
    };
    for (script, expected) in [
        ("vim -es -c 'w! ../x' -c q a", "../x"),
        ("vim -es '+%s/a/b/' +wq a b", "a b"),
        ("ex -sc '%s/a/b/|x' a", "a"),
        ("vim -es -c 'w >> log' -c q! a", "log"),
    ] {
        assert_eq!(writes(script), expected, "{script}");
    }
}
