//! What scripts write to, and which of it is allowed.

use super::super::shell::read;
use super::{AllowedDirectories, Target, normalised, writes};

/// The targets of a script, run in a directory.
fn targets(script: &str, directory: &str) -> String {
    let shown = writes(&read(script), directory).into_iter().map(|write| match write.target {
        Target::Path(path) => path,
        Target::Beneath(path) => format!("{path}/…"),
        Target::Temporary(path) => format!("$TMPDIR/{path}"),
        Target::Unknown(_) => "?".to_owned(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn table(rows: &[(&str, &str)]) {
    for (script, expected) in rows {
        assert_eq!(targets(script, ""), *expected, "{script:?}");
    }
}

#[test]
fn redirections_write_to_their_files() {
    table(&[
        ("a > b >> c >| d &> e <> f", "b c d e f"),
        ("a 2>/var/log/x < in", "/var/log/x"),
        ("a >/dev/null 2>&1 >&2 >&- 3>&1- > /dev/stderr > /dev/fd/3", ""),
        ("a >& b", "b"),
        ("a >&$fd", "?"),
        ("{ a; } > ../x", "../x"),
        ("for i in 1; do a; done > x", "x"),
        ("cat > x <<'EOF'\ny > z\nEOF", "x"),
        ("a > \"$X\"", "?"),
        ("a > >(tee b)", "b"),
        ("test 3 \\> 2; echo '> x'; [[ a > b ]]", ""),
        ("bash -c 'a > b'", "b"),
        ("exec 3> log", "log"),
        ("a > ~/x > '~/y'", "~/x ./~/y"),
        ("f() { a > /x; b > y; }", "/x ?"),
    ]);
}

#[test]
fn known_programs_write_to_their_operands() {
    table(&[
        ("touch a ./b//c", "a b/c"),
        ("mkdir -p -m 755 a/b", "a/b"),
        ("rm -r a b/*.o 'c*'", "a b/… c*"),
        ("rm -rf -- \"$X\"", "?"),
        ("ls | xargs rm", "?"),
        ("cp a b/c", "b/c"),
        ("cp a b c/", "c/a c/b"),
        ("cp -r x/a .", "a"),
        ("cp -t d a b", "d/a d/b"),
        ("cp ../x $1", "?"),
        ("mv a b", "b a"),
        ("ln -s ../a b", "b"),
        ("ln -s ../a", "a"),
        ("install -m 755 a /usr/local/bin/b", "/usr/local/bin/b"),
        ("install -d a b", "a b"),
        ("a | tee -a b ../c", "b ../c"),
        ("truncate -s 0 a", "a"),
        ("chmod +x a; chmod -w b; chown me c", "a b c"),
        ("sed s/a/b/ x", ""),
        ("sed -i s/a/b/ x y", "x y"),
        ("sed -i.bak -e s/a/b/ x", "x"),
        ("sed -ni -e p x", "x"),
        ("sed -i '' p x", "x"),
        ("dd if=a of=b/c bs=1", "b/c"),
        ("sort -o a b", "a"),
        ("tar -xzf a.tgz -C build", "build"),
        ("tar xf a.tgz", "./…"),
        ("tar -cf ../a.tar src", "../a.tar"),
        ("curl -sSLo../x http://h; curl -o /dev/null http://h", "../x"),
        ("wget -P /opt http://h; wget -qO- http://h", "/opt"),
        ("git -C ../x commit -m y; git -C sub commit; git -C ../x status", "../x"),
        ("sudo tee /etc/hosts", "/etc/hosts"),
        ("cat a; diff b c; grep d e", ""),
    ]);
}

#[test]
fn a_change_of_directory_is_followed() {
    table(&[
        ("cd src && touch x; touch y", "src/x src/y"),
        ("cd src && cd ../.. && touch x", "../x"),
        ("(cd src; touch x); touch y", "src/x y"),
        ("cd src | touch x; cd a & touch y", "x y"),
        ("echo $(cd src; touch x); touch y", "src/x y"),
        ("cd src || exit 1; touch x", "src/x"),
        ("mkdir b && cd b && touch x; touch y", "b b/x ?"),
        ("false && cd src; touch x", "?"),
        ("if a; then cd b; touch x; fi; touch y", "b/x ?"),
        ("for i in 1 2; do touch x; cd a; done; touch y", "? ?"),
        ("cd \"$X\"; touch x", "?"),
        ("cd -; touch x", "?"),
        ("cd; touch x", "~/x"),
        ("cd /etc; touch x", "/etc/x"),
        ("pushd ..; touch x", "../x"),
        ("popd; touch x", "?"),
        ("CDPATH=/etc; cd a; touch x", "?"),
        ("eval 'cd a'; touch x", "a/x"),
        ("bash -c 'cd a; touch x'; touch y", "a/x y"),
        ("command cd a; env cd b; touch x", "a/x"),
        ("cd a; trap 'rm x' EXIT; cd ..", "?"),
    ]);
    assert_eq!(targets("touch x; cd ..; touch y /z", "crates/a"), "crates/a/x crates/y /z");
}

#[test]
fn the_temporary_directory_and_the_working_directory_are_known_by_their_variables() {
    table(&[
        ("touch $TMPDIR/x \"$TMPDIR\" \"${TMPDIR}/a/../b\"", "$TMPDIR/x $TMPDIR/ $TMPDIR/b"),
        ("a > \"$TMPDIR\"/x; cd $TMPDIR/y; touch z", "$TMPDIR/x $TMPDIR/y/z"),
        ("touch $TMPDIR/../x $TMPDIRx/y \"$TMPDIR$X\" $TMPDIR-y", "? ? ? ?"),
        ("touch ${TMPDIR:-/etc}/x", "/etc/x ?"),
        ("TMPDIR=src; touch $TMPDIR/x", "src/x"),
        ("export TMPDIR=src; touch $TMPDIR/x", "src/x"),
        ("for TMPDIR in src; do touch $TMPDIR/x; done", "src/x"),
        ("read TMPDIR; touch $TMPDIR/x", "?"),
        ("cd src; touch $PWD/x \"$HOME/y\"", "src/x ~/y"),
        ("d=$(mktemp -d); touch $d/x", "?"),
        ("rm src/.*/x */../y", "? ?"),
    ]);
}

#[test]
fn paths_are_normalised_lexically() {
    let table = [
        ("", "."),
        (".", "."),
        ("a/./b//", "a/b"),
        ("a/../b", "b"),
        ("a/../../b", "../b"),
        ("/..", "/"),
        ("//a/..", "/"),
        ("../../a", "../../a"),
        ("~/a/..", "~"),
        ("~/..", "~/.."),
    ];
    for (path, expected) in table {
        assert_eq!(normalised(path), expected, "{path:?}");
    }
}

#[test]
fn globs_say_which_paths_are_allowed() {
    let table = [
        (
            "src/**",
            "src/a.rs src/a/b.rs src ./src/x src/../src/y",
            "srcx/a tests/a . a/src/b ../src/a /src/a",
        ),
        ("tests/", "tests/a tests/a/b tests", "testsx test"),
        ("docs", "docs docs/a/b", "docsx a/docs"),
        ("./src/*", "src/a", "src/a/b src"),
        ("**/generated/*.rs", "a/b/generated/x.rs generated/x.rs", "generated/a/x.rs generated/x.c"),
        ("**/generated/**", "a/generated a/generated/b/c", "a/b"),
        ("docs/*.md", "docs/a.md", "docs/sub/a.md"),
        ("**", "a a/b . ./~x", "../a /a ~ ~/x"),
        (".", "a a/b .", "../a"),
        ("/opt/x/**", "/opt/x /opt/x/a", "opt/x/a /opt/y /opt/x/../y"),
        ("/**", "/etc/x /", "etc"),
        ("src/{a,b}/**", "src/a/x src/b", "src/c/x"),
        ("README.md", "README.md", "README"),
    ];
    for (glob, inside, outside) in table {
        let allowed = AllowedDirectories::new([glob]).unwrap();
        for path in inside.split(' ') {
            assert!(allowed.contains(path), "`{glob}` should allow {path}");
        }
        for path in outside.split(' ') {
            assert!(!allowed.contains(path), "`{glob}` should not allow {path}");
        }
    }
}

#[test]
fn only_a_whole_directory_allows_names_that_are_not_known() {
    let allowed = AllowedDirectories::new(["src/**", "docs/*.md", "tests"]).unwrap();
    for directory in ["src", "src/a", "tests", "tests/b"] {
        assert!(allowed.contains_all_beneath(directory), "{directory}");
    }
    for directory in ["docs", ".", "..", "/", "src/.."] {
        assert!(!allowed.contains_all_beneath(directory), "{directory}");
    }
    assert!(AllowedDirectories::new(["**"]).unwrap().contains_all_beneath("."));
}

#[test]
fn a_glob_that_cannot_be_read_is_an_error() {
    for (glob, message) in [
        (" ", "an allowed directory is empty"),
        ("../x/**", "the allowed directory `../x/**` leads out of the workspace with `..`"),
        ("src/[", "the allowed directory `src/[` is no valid glob: unclosed character class; missing ']'"),
    ] {
        assert_eq!(AllowedDirectories::new([glob]).unwrap_err().to_string(), message);
    }
}
