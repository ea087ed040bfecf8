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
        ("f() { a > /x; b > y; }", "/x y"),
        ("f() { cd d; }; g() { b > y; }; f; g", "?"),
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
        ("ls | xargs cp -t ../x", "../x/… ?"),
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
        ("f() { touch ../a; }; f; trap 'rm b' EXIT", "../a b"),
        ("cd; touch x", "~/x"),
        ("cd /etc; touch x", "/etc/x"),
        ("pushd ..; touch x", "../x"),
        ("popd; touch x", "?"),
        ("pushd .. && ls && popd && touch x", "x"),
        ("pushd a; pushd b; popd; touch x; popd; touch y", "a/x y"),
        ("(pushd a); popd; touch x", "?"),
        ("env -C src touch a; touch b", "src/a b"),
        ("sudo -D .. touch src/a", "../src/a"),
        ("env -C \"$X\" touch a", "?"),
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
        ("touch \"$(pwd)/src/x\" $(pwd)", "src/x ."),
    ]);
}

#[test]
fn each_of_several_directories_is_entered_from_the_same_place() {
    table(&[
        ("for d in src lib; do (cd $d && touch a); done", "src/a lib/a"),
        ("for d in a ..; do (cd $d && touch x); done; touch y", "a/x y ../x"),
        ("for d in a b; do echo \"$(cd $d && touch x)\"; done", "a/x b/x"),
        ("D=a; [ -n \"$X\" ] && D=b; cd $D && touch x", "a/x b/x"),
        ("D=a; [ -n \"$X\" ] && D=b; (cd $D; cd ..; touch x)", "x"),
        ("for d in a b; do for e in . ..; do (cd $d; cd $e; touch x); done; done", "a/x b/x x"),
        ("C=ls; [ -n \"$X\" ] && C=cd; $C a; touch x", "a/x x"),
        ("for d in src/*/; do (cd \"$d\" && touch a b/c ../d /e); done", "src/… src/… ? /e"),
        ("for d in src/*/; do touch ${d}a $d..; done", "src/… ?"),
        ("for d in a b; do bash -c \"cd $d; touch x\"; done", "a/x b/x"),
        ("for d in a b; do (eval \"cd $d\"; touch x); done", "?"),
        // More choices than are followed.
        ("for d in a b c d e; do for e in f g h i; do (cd $d; cd $e; touch x); done; done", "?"),
    ]);
}

#[test]
fn the_way_back_is_known_where_the_way_there_is() {
    table(&[
        ("cd src && cd - && touch x", "x"),
        ("cd src; cd \"$OLDPWD\"; touch x", "x"),
        ("cd a; cd ../b; cd -; touch x", "a/x"),
        ("cd a; (cd ..; touch x); cd -; touch y", "x ?"),
        ("cd a; [ x ] && cd b; cd -; touch x", "?"),
        ("OLDPWD=/etc; cd a; cd -; touch x", "?"),
        ("CDPATH= cd src && touch x", "src/x"),
        ("unset CDPATH; cd src; touch x", "src/x"),
        ("CDPATH=.. cd src; touch x", "?"),
    ]);
}

#[test]
fn where_the_script_began_is_known_by_a_variable_that_was_set_there() {
    table(&[
        ("T=\"$PWD/tests\"; touch \"$T/a\" $T", "tests/a tests"),
        ("T=$(pwd)/tests; cd src; touch $T/a; cd $T; touch b", "tests/a tests/b"),
        ("export R=\"$PWD\" S=$(pwd)/src; cd src; touch $R/a $S/b", "a src/b"),
        ("R=$PWD; T=$R/tests; cd src; touch $T/../a", "a"),
        ("T=$PWD; touch $T-x", "?"),
        // Where that is not the beginning, or not certain.
        ("cd src; T=$PWD; cd ..; touch $T/a", "?"),
        ("f() { T=$PWD; touch $T/a; }; cd src; f", "?"),
        ("T=$PWD; [ x ] && T=/etc; touch $T/a", "/etc/a ?"),
        ("PWD=/etc; T=$PWD; touch $T/a", "/etc/a"),
    ]);
    assert_eq!(targets("T=$PWD; cd /; touch $T/a", "crates/a"), "crates/a/a");
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

#[test]
fn the_table_knows_the_options_that_name_what_is_written() {
    table(&[
        ("gcc a.c -o../z; gcc -fno-omit-frame-pointer a.c; clang -MF ../d -o a a.c", "../z ../d a"),
        ("rustc -o../z a.rs; rustc -Copt-level=3 --out-dir=o a.rs", "../z o"),
        ("dot -o../z a.dot; go test -coverprofile=../z ./...; go test -c -o z", "../z ../z z"),
        ("uniq a ../z; uniq a; xxd a ../z; xxd -c 8 a", "../z ../z"),
        ("shuf -o ../z a; iconv -f utf8 -o ../z a; sort -o../z a", "../z ../z ../z"),
        ("gzip -dc ../a.gz; gunzip -c a; gzip -l ../a; xz -dc a; bzip2 -t a; gzip a", "a"),
        ("split -l 10 ../x t/p_; csplit -f t/p x /a/", "t/p_ t/p"),
        ("zstd a -o ../z; zstd -d a -o../z; zstd -dc a", "../z ../z"),
        ("7z x a.7z -o../z; 7z l a.7z; 7z a ../b.7z src", "../z ../b.7z"),
        ("ssh-keygen -N '' -f ../k; ssh-keygen -l -f ../k", "../k"),
        ("docker build -t a -o type=local,dest=../z .; docker build -o - .", "../z"),
        ("touch a:b; docker cp web:/x ../x; docker cp ../x web:/x; kubectl cp p:/x y", "a:b ../x y"),
        ("aws s3 cp s3://b/a ../z; aws s3 cp ../z s3://b/a; aws s3 cp s3://b/a -", "../z"),
        (
            "ffmpeg -y -i a -c:v libx264 ../z; ffmpeg -i a -f null -; convert a -resize 1x1 ../z.png",
            "../z ../z.png",
        ),
        ("protoc --python_out=.. a.proto; jar cf ../z.jar src; jar tf ../z.jar", ".. ../z.jar"),
        (
            "ar rcs ../lib.a a.o; ar t ../lib.a; strip -o ../a b; strip c; objcopy a ../b",
            "../lib.a ../a c ../b",
        ),
        ("git clone -b main u ../r; git init ../r; git worktree add ../w main", "../r ../r ../w"),
        (
            "git archive -o ../a.tar HEAD; git diff --output=../z; git log --output ../z; git log",
            "../a.tar ../z ../z",
        ),
        (
            "/usr/bin/time -o ../t ls; perf record -o ../z ls -o b; valgrind --log-file=../z ls",
            "../t ../z ../z",
        ),
        ("mktemp -p /opt; mktemp; mktemp a.XXXX; mktemp --tmpdir a.XXXX", "/opt a.XXXX"),
        ("psql -o ../z -c 'select 1'; psql -c '\\copy t to ../z'; psql -c 'copy t to x'", "../z ../z"),
        (
            "sqlite3 t/a.db '.backup ../z'; sqlite3 ../a.db 'select 1'; sqlite3 ../a.db 'drop table t'",
            "../z ../a.db",
        ),
        ("patch ../z < p; patch --dry-run ../z < p; link a ../z; tar -xOf ../a.tar x", "../z ../z"),
        ("gcc a.c -o \"$X\"; gcc a.c -o$X", "? ?"),
    ]);
}

#[test]
fn what_is_edited_in_place_is_written() {
    table(&[
        ("black ../x.py; black --check ../x.py; black --diff .; isort -c ../x.py", "../x.py"),
        ("prettier --write ../x.js '!dist'; prettier --check ../x; prettier -l x", "../x.js"),
        ("prettier --write 'src/**/*.ts'; prettier --write .; prettier -w '**/*.ts'", "src/… ? ?"),
        ("eslint --fix src; eslint ../src; gofmt -w ../a.go; gofmt -l ../a.go; gofmt -d .", "src ../a.go"),
        ("ruff format d/x.py; ruff check --fix ../x; ruff check ../x", "d/x.py ../x"),
        (
            "rustfmt ../a.rs; rustfmt --check ../a.rs; clang-format -i ../a.c; clang-format ../a.c",
            "../a.rs ../a.c",
        ),
        ("gawk -i inplace 1 ../z; gawk 1 ../z; sed 's/a/b/w x' y; sed -n 'w x' y", "../z x x"),
    ]);
}

#[test]
fn a_tools_own_directory_is_judged_only_outside_the_workspace() {
    table(&[
        ("cmake -B build; cmake -S . -B../z", "../z"),
        ("npm --prefix web install; npm --prefix ../o install; npm --prefix ../o test", "../o"),
        ("make -C sub; make -C ../z; ninja -C ../z", "? ?"),
        ("CARGO_TARGET_DIR=t cargo build; CARGO_TARGET_DIR=../t cargo build", "../t"),
        ("GIT_DIR=../o/.git git commit -m x; GIT_DIR=../o/.git git log", "../o/.git"),
        ("nano src/x; nano ../x", "?"),
    ]);
}

#[test]
fn installers_write_where_the_system_says() {
    table(&[
        ("sudo apt-get install -y jq; apt list --installed; apt-get update; apt-get -s install x", "?"),
        ("systemctl enable x; systemctl status x; mount; mount /dev/sdb /mnt; ldconfig -p", "? ?"),
        ("pacman -Ss x; dpkg -l; rpm -qi x; iptables -L; conda list; npm config get x", ""),
        ("npm config set a b; rustup update; rustup show; sysctl -w a=b; sysctl a", "? ? ?"),
    ]);
}

#[test]
fn a_computed_part_without_a_slash_stays_in_its_directory() {
    table(&[
        ("touch src/$(date +%F).log; mkdir t/$RANDOM/x; touch $RANDOM", "src/… t/… ./…"),
        ("touch src/$(date +%D).log src/$(date).log src/$RANDOM/../../x src/$$", "? ? ? ?"),
        ("RANDOM=$X; touch src/$RANDOM", "?"),
        ("ls | tee >(wc -l)", ""),
    ]);
}

#[test]
fn what_find_finds_lies_beneath_where_it_looks() {
    table(&[
        ("find src -type f -exec chmod 644 {} +", "src/…"),
        ("find src t -name x -exec mv {} d/ \\;", "d/… src/… t/…"),
        ("find src -exec cp {} {}/../../x \\;", "?"),
        ("find \"$X\" -exec rm {} +", "?"),
        ("find src -exec true \\; ; rm \"$F\"", "?"),
    ]);
}

#[test]
fn code_in_other_languages_names_its_files() {
    table(&[
        ("awk '{print > (\"../z\")}' a; awk '$1 > 3 {print}' a; awk '{ if ($1 > x) print }' a", "../z"),
        ("awk '{print > $1}' a; awk '{print ($1 > 2)}' a; awk '{print $1, \"a>b\"}' a", "?"),
        ("perl -e 'open F,\">../z\"; print F 1'; perl -e 'open F,\"<../z\"'", "../z"),
        ("python3 -c \"import shutil; shutil.copy(a,'../z')\"", "../z"),
        ("python3 -c \"import shutil; shutil.move('a','../z')\"", "a ../z"),
        ("node -e \"fs.copyFileSync(join('a','b'), c)\"", "?"),
    ]);
}

/// The targets of a script, those with `?` behind them that only the name of an option tells of.
fn named(script: &str) -> String {
    let shown = writes(&read(script), "").into_iter().map(|write| {
        let doubt = if write.certain { "" } else { "?" };
        match write.target {
            Target::Path(path) | Target::Beneath(path) | Target::Temporary(path) => format!("{path}{doubt}"),
            Target::Unknown(_) => format!("unknown{doubt}"),
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn an_option_named_after_what_is_written_names_a_place() {
    for (script, expected) in [
        ("scan fs --output ../r.txt .", "../r.txt"),
        ("scan --report-path=/var/r.json", "/var/r.json"),
        ("run -- --outDir ../dist", "../dist"),
        ("run --out json=../k.json", "../k.json"),
        ("build -DoutputFile=../d.txt", "../d.txt"),
        ("run --xunit-file ../n.xml --junit-xml ../m.xml", "../n.xml ../m.xml"),
        ("make O=../out all", "../out"),
        ("css -i a.css -o ../b.css", "../b.css"),
        ("./css -i a.css -o ../b.css", "../b.css?"),
        ("test-run --cov-report=xml:../c.xml", "../c.xml"),
        ("css -i a.css -odist/b.css", ""),
        ("css -i a.css -o./dist/b.css", "dist/b.css?"),
        ("scan --report out/r.xml", "out/r.xml?"),
        ("scan --log-file \"../$X.log\"", "unknown?"),
    ] {
        assert_eq!(named(script), expected, "{script}");
    }
    for script in [
        "scan --output json --output-format ../sarif.tpl --log-level ../x",
        "kubectl get pods -o jsonpath=.items --output go-template=../x",
        "scan --output=- --report https://example.com/x --out-host a.example.com",
        "grep -o ../x a; unzip -o ../a.zip -d /dev/null; ls -o ../x",
        "scan --cache-from ../x --input ../y --version 1.2.3 --output 1.5",
        "echo --output ../x",
    ] {
        assert_eq!(named(script), "", "{script}");
    }
}

#[test]
fn a_clone_without_a_directory_lands_in_one_of_its_name() {
    table(&[
        ("git clone --depth 1 https://example.com/a/name.git", "name"),
        ("git clone git@example.com:a/name sub/x", "sub/x"),
        ("cd ..; git clone ./name", "../name"),
        ("flock ../lock true; flock lock true", "../lock"),
        ("python3 -m zipfile -c ../a.zip src", "../a.zip"),
    ]);
}

#[test]
fn a_patch_knows_the_names_of_what_it_changes() {
    table(&[
        ("patch -p1 < a.patch; git apply a.patch; git am a.patch", "? ? ?"),
        ("patch -d src -p1 < a.patch; git apply --directory=src a.patch", "src src src/…"),
        ("patch --dry-run -p1 < a.patch; git apply --check a.patch", ""),
        ("patch a.rs a.patch", "a.rs"),
        ("pip install -t ../lib x; pip install --target=src/lib x", "../lib src/lib"),
        ("bsdtar -cf ../a.zip src", "../a.zip"),
    ]);
}

#[test]
fn a_loop_over_a_pattern_stays_in_its_directory() {
    table(&[
        ("for f in tests/*.in; do a \"$f\" > \"${f%.in}.out\"; done", "tests/…"),
        ("for f in tests/*.in; do a > \"$f.out\"; a > out/${f##*/}; done", "tests/… out/…"),
        ("for f in ../t/*.in tests/*; do a > \"$f.out\"; done", "?"),
        ("for f in tests/*/x; do a > \"$f.out\"; done", "?"),
        ("for f in tests/*; do a > \"${f%/*}/../../x\"; a > \"$f/../../../x\"; done", "? ?"),
        ("for f in tests/*; do f=$X; a > \"$f\"; done", "?"),
        ("T=tests/$(date +%s); mkdir \"$T\"; a > $T/x", "tests/… tests/…"),
        ("T=tests/$(date +%s)/../../x; touch $T; T=$T/../..; touch $T", "? ?"),
    ]);
}

#[test]
fn code_is_started_where_its_prefix_says() {
    table(&[
        ("env -C src sh -c 'a > x; cd y && a > z'; a > w", "src/x src/y/z w"),
        ("env -C .. sh -c 'a > x'", "../x"),
        ("sudo -D /opt bash -c 'touch x'", "/opt/x"),
        ("env -C \"$D\" sh -c 'a > x'", "?"),
        ("poetry -C src run touch x", "src/x"),
        ("tar -c ${x}-f ../z", "?"),
    ]);
}
