//! Scripts, and the changes that each must be said to make.

use super::{super::*, directory, lines, mount::Overlay, sh};

const SETUP: &str = "umask 022; mkdir -p d/e empty; echo one > f; echo two > d/g; echo three > d/e/h
                     ln -s f link; ln f hard; mkfifo pipe; touch -d '2001-02-03' f d/g d/e/h";

struct Case {
    name: &'static str,
    /// Each with the lines that it must give.
    steps: &'static [(&'static str, &'static str)],
    /// Those in place, where they are others: there every touch counts, since content is not compared.
    in_place: Option<&'static [&'static str]>,
}

const fn case(name: &'static str, steps: &'static [(&'static str, &'static str)]) -> Case {
    Case { name, steps, in_place: None }
}

impl Case {
    const fn in_place(mut self, lines: &'static [&'static str]) -> Self {
        self.in_place = Some(lines);
        self
    }
}

const CASES: &[Case] = &[
    case("nothing", &[("true", ""), ("cat f d/g d/e/h; ls -R .", "")]),
    case("create", &[("echo x > n; mkdir m; echo y > m/o", "created m\ncreated m/o\ncreated n")]),
    case("a directory removed", &[("rm -rf d", "deleted d\ndeleted d/e\ndeleted d/e/h\ndeleted d/g")]),
    case("removed and made again", &[("rm -rf d; mkdir d", "deleted d/e\ndeleted d/e/h\ndeleted d/g")]),
    case(
        "removed, made again, and filled",
        &[
            ("rm -rf d; mkdir -p d/e; echo new > d/e/n", "deleted d/e/h\ncreated d/e/n\ndeleted d/g"),
            ("rm -rf d", "deleted d\ndeleted d/e\ndeleted d/e/n"),
        ],
    ),
    case(
        "a directory moved",
        &[(
            "mv d z",
            "deleted d\ndeleted d/e\ndeleted d/e/h\ndeleted d/g\ncreated z\ncreated z/e\ncreated z/e/h\ncreated z/g",
        )],
    ),
    case(
        "a file where a directory was",
        &[
            ("rm -rf d; echo x > d", "changed d\ndeleted d/e\ndeleted d/e/h\ndeleted d/g"),
            ("rm d; mkdir d; echo x > d/n", "changed d\ncreated d/n"),
        ],
    ),
    case("a directory where a file was", &[("rm f; mkdir f; echo x > f/n", "changed f\ncreated f/n")])
        .in_place(&["changed f\ncreated f/n\nchanged hard"]),
    case(
        "a link where a directory was",
        &[("rm -rf d; ln -s /etc d", "changed d\ndeleted d/e\ndeleted d/e/h\ndeleted d/g")],
    ),
    case("times only", &[("touch f d d/g link; touch -h link", "")])
        .in_place(&["changed d/g\nchanged f\nchanged hard\nchanged link"]),
    case(
        "modes",
        &[
            ("chmod 600 d/g; chmod 700 d; chmod 1777 empty", "re-moded d\nre-moded d/g\nre-moded empty"),
            ("chmod 644 d/g; chmod 700 d", "re-moded d/g"),
        ],
    ),
    case("the mode of the workspace", &[("chmod 700 .", "re-moded ."), ("true", "")]).in_place(&["", ""]),
    case(
        "closed directories",
        &[
            ("chmod 000 d/e; chmod 000 d", "re-moded d\nre-moded d/e"),
            ("true", ""),
            ("chmod 755 d d/e; echo more >> d/e/h", "re-moded d\nre-moded d/e\nchanged d/e/h"),
        ],
    )
    .in_place(&[]),
    case(
        "closed directories with new files in them",
        &[("mkdir -p n/a/b; echo x > n/a/b/c; chmod 000 n/a/b n/a; chmod 000 n", NEW_CLOSED), ("true", "")],
    )
    .in_place(&[]),
    case(
        "a closed file",
        &[("chmod 000 d/g", "re-moded d/g"), ("true", ""), ("chmod 600 d/g", "re-moded d/g")],
    ),
    case("a closed file that is another", &[("echo 2wo > d/g; chmod 000 d/g", "changed d/g"), ("true", "")]),
    case("the closed workspace", &[("mkdir n; chmod 000 .", "re-moded .\ncreated n")]).in_place(&[]),
    case("the same content", &[("echo two > d/g", ""), ("echo two > d/g", "changed d/g")])
        .in_place(&["changed d/g", "changed d/g"]),
    case(
        "another content, size and time as before",
        &[
            ("touch -r d/g t; echo owt > d/g; touch -r t d/g; rm t", "changed d/g"),
            ("touch -r d/g t; echo tow > d/g; touch -r t d/g; rm t", "changed d/g"),
        ],
    ),
    case("longer and shorter", &[("echo more >> d/g; : > d/e/h", "changed d/e/h\nchanged d/g")]),
    case("a hard link", &[("ln d/g l", "created l"), ("echo x >> l", "changed d/g\nchanged l")])
        .in_place(&["changed d/g\ncreated l", "changed d/g\nchanged l"]),
    case(
        "another link target",
        &[
            ("ln -sfn d/g link", "changed link"),
            ("rm link", "deleted link"),
            ("ln -s f link", "created link"),
        ],
    ),
    case("the same link again", &[("rm link; ln -s f link", "")]).in_place(&["changed link"]),
    case("created and deleted at once", &[("echo x > n; rm n; mkdir m; rmdir m", "")]),
    case("created, then deleted", &[("echo x > n", "created n"), ("rm n", "deleted n"), ("true", "")]),
    case(
        "of two commands the second",
        &[
            ("echo 1 > n; rm f", "deleted f\ncreated n"),
            ("echo 2 > o", "created o"),
            ("echo 3 >> n; echo back > f", "created f\nchanged n"),
        ],
    )
    .in_place(&["deleted f\nchanged hard\ncreated n", "created o", "created f\nchanged n"]),
    case("pipes and sockets", &[("rm pipe; mkfifo pipe other", "created other")])
        .in_place(&["created other\nchanged pipe"]),
    case("a file where a pipe was", &[("rm pipe; echo x > pipe", "changed pipe")]),
    case(
        "names",
        &[(
            r#"touch "$(printf 'a\nb')" "$(printf 'e\033[31m')" "$(printf 'no\377utf')" ' ' ./-rf"#,
            "created  \ncreated -rf\ncreated a\\nb\ncreated e\\u{1b}[31m\ncreated no\\xFFutf",
        )],
    ),
    case(
        "a directory beside names that sort between",
        &[(
            "rm -rf d; mkdir d; touch d/n d.x d-x 'd!'",
            "created d!\ncreated d-x\ncreated d.x\ndeleted d/e\ndeleted d/e/h\ndeleted d/g\ncreated d/n",
        )],
    ),
    case("a swap", &[("mv f t; mv d/g f; mv t d/g", "changed d/g\nchanged f")])
        .in_place(&["changed d/g\nchanged f\nchanged hard"]),
];

const NEW_CLOSED: &str = "created n\ncreated n/a\ncreated n/a/b\ncreated n/a/b/c";

/// Path order is by components: `d/n` before `d!`.
fn sorted(lines: &str) -> Vec<String> {
    let mut lines: Vec<String> = lines.lines().map(ToOwned::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_view_says_what_was_changed_in_it() {
    for case in CASES {
        let Some(overlay) = Overlay::over(SETUP) else { return };
        let mut view = overlay.view();
        assert_eq!(view.changes().unwrap(), [], "{}", case.name);
        for (script, expected) in case.steps {
            sh(&overlay.merged(), script);
            let changes = view.changes().unwrap();
            assert!(changes.is_sorted(), "{}: {changes:?}", case.name);
            assert_eq!(sorted(&lines(&changes)), sorted(expected), "{}: {script}", case.name);
        }
    }
}

#[test]
fn a_scan_says_what_was_changed_in_place() {
    for case in CASES {
        if case.in_place.is_some_and(<[_]>::is_empty) {
            continue;
        }
        let files = tempfile::tempdir().unwrap();
        sh(files.path(), SETUP);
        let mut scan = Scan::new(directory(files.path())).unwrap();
        assert_eq!(scan.changes().unwrap(), [], "{}", case.name);
        for (index, (script, expected)) in case.steps.iter().enumerate() {
            sh(files.path(), script);
            let expected = case.in_place.map_or(*expected, |lines| lines[index]);
            let changes = scan.changes().unwrap();
            assert!(changes.is_sorted(), "{}: {changes:?}", case.name);
            assert_eq!(sorted(&lines(&changes)), sorted(expected), "{}: {script}", case.name);
        }
    }
}
