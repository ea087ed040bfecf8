//! The words behind a program as flags with their values, and operands.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use super::{Word, wrapper};
use crate::policy::names::Rows;

/// Options that take the next word, for programs whose subcommand may come after them; separated by blanks.
const VALUED: &[(&str, &str)] = &[
    ("ansible", "-m --module-name -a --args -i --inventory -l --limit -u --user -e --extra-vars"),
    ("ansible-playbook", "-i --inventory -l --limit -u --user -e --extra-vars -t --tags"),
    ("argocd", "--server --auth-token --context"),
    ("aws", "--profile --region --output --endpoint-url --cluster --stack-name --bucket --key"),
    ("az", "--subscription --output -o -g --resource-group -n --name"),
    (
        "cargo",
        "--config -C --color --manifest-path -p --package --target-dir --features -F --bin --example --test",
    ),
    ("chmod", "--reference"),
    ("cp", "-t --target-directory -S --suffix"),
    (
        "curl",
        "-o --output --output-dir -X --request -H --header -d --data -u --user -w --write-out -D --dump-header -c \
         --cookie-jar -F --form -A -b -m --max-time --retry -T --upload-file --data-binary --data-raw -x --proxy -K \
         --config --connect-timeout -e --resolve",
    ),
    (
        "docker",
        "-H --host --context -c --config -l --log-level -f --file -p --project-name --profile --env-file",
    ),
    ("docker-compose", "-f --file -p --project-name --profile --env-file"),
    ("fd", "-t --type -e --extension -E --exclude -d --max-depth -g"),
    ("firebase", "-P --project --only --config --token"),
    ("fly", "-a --app -c --config -r --region"),
    ("gcloud", "--project --account --configuration --region --zone"),
    ("gh", "-R --repo"),
    (
        "git",
        "-C -c --git-dir --work-tree --namespace --super-prefix --config-env -m --message -F -G --grep -L",
    ),
    ("helm", "-n --namespace --kube-context --kubeconfig -f --values --set --version"),
    (
        "helmfile",
        "-e --environment -f --file -l --selector -n --namespace --kube-context -c --chart --state-values-set",
    ),
    ("heroku", "-a --app -r --remote"),
    ("install", "-t --target-directory -S --suffix -m --mode -o --owner -g --group"),
    (
        "kubectl",
        "-n --namespace --context --kubeconfig --cluster --user -s --server --token --as -f --filename -l --selector \
         -o --output -p --patch -c --container",
    ),
    ("ln", "-t --target-directory -S --suffix"),
    ("make", "-C --directory -f --file -I -W -o"),
    ("mkdir", "-m --mode"),
    ("mv", "-t --target-directory -S --suffix"),
    ("mysql", "-u --user -h --host -P --port -e --execute -D --database -S --socket"),
    ("npm", "--prefix -C -w --workspace --registry --tag --otp --userconfig --cache --loglevel"),
    ("pnpm", "--dir -C --filter -F"),
    ("psql", "-c --command -f --file -d --dbname -h --host -p --port -U --username -v --set -o --output"),
    ("pulumi", "-s --stack -C --cwd -m --message"),
    ("python", "-m -W -X"),
    ("rsync", "-e --rsh --rsync-path --exclude --include --filter --log-file --out-format"),
    ("scp", "-P -i -o -F -J -c -l -S"),
    ("serverless", "-s --stage -r --region -c --config"),
    ("sort", "-o --output -k --key -t -S -T"),
    ("systemctl", "-H --host -M --machine"),
    ("tar", "-f --file -C --directory -T --files-from -X --exclude-from"),
    ("terraform", "-chdir"),
    ("touch", "-d --date -t -r --reference"),
    ("truncate", "-s --size -r --reference"),
    ("unzip", "-d -P -x"),
    ("vercel", "-t --token -S --scope --cwd -A --local-config"),
    (
        "wget",
        "-O --output-document -P --directory-prefix -o --output-file -a -i -U --user-agent --header -t -T",
    ),
    ("wrangler", "-c --config -e --env --cwd --name"),
    ("yarn", "--cwd"),
];

/// Whether a program's option takes the next word, as far as is known.
pub(super) fn takes_value(program: &str, option: &str) -> bool {
    let listed = listed(program).unwrap_or_default();
    !option.contains('=') && listed.split_ascii_whitespace().any(|known| known == option)
}

/// The options of a program that take the next word, if its subcommand may come after them.
fn listed(program: &str) -> Option<&'static str> {
    static BY_PROGRAM: LazyLock<Rows<(&str, &str)>> = LazyLock::new(|| Rows::of(VALUED, |(name, _)| name));
    BY_PROGRAM.about(program).first().map(|(_, options)| *options)
}

/// Programs whose long options begin with one dash.
const SINGLE_DASH: [&str; 15] = [
    "clang",
    "consul",
    "find",
    "gcc",
    "go",
    "java",
    "javac",
    "nomad",
    "openssl",
    "packer",
    "sqlite3",
    "terraform",
    "tofu",
    "vault",
    "xcodebuild",
];

/// The arguments of a call, sorted.
#[derive(Debug, Clone, Default)]
pub struct Arguments<'a> {
    /// The options, in order.
    pub flags: Vec<Flag<'a>>,
    /// Everything else, in order.
    pub operands: Vec<&'a Word>,
    /// For each operand: an option stood before it that might have taken it as its value.
    pub after_flag: Vec<bool>,
    /// An argument that is computed at run time may be an option.
    pub hidden: bool,
    /// An argument looks like an option, but has signs in it that no option has.
    pub odd: bool,
}

/// One option; `-rf` is two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag<'a> {
    /// With its dashes, without its value: `-r`, `--force`.
    pub name: Cow<'a, str>,
    /// The value after `=`, or the next word for options known to take one.
    pub value: Option<&'a str>,
    /// Byte range of the word it stands in.
    pub span: Range<usize>,
}

/// Sorts the words after a program into flags and operands.
pub(crate) fn arguments<'a>(program: &str, words: &'a [Word]) -> Arguments<'a> {
    let listed = listed(program).unwrap_or_else(|| wrapper::valued(program));
    let valued = |name: &str| listed.split_ascii_whitespace().any(|option| option == name);
    let clusters = !SINGLE_DASH.contains(&program);
    let mut sorted = Arguments::default();
    let (mut rest, mut after_flag) = (words.iter(), false);
    while let Some(word) = rest.next() {
        sorted.hidden |= word.may_be_option();
        // ` -rf` and `--re{}c` are options of no program, but too near to one to be told apart for certain.
        sorted.odd |= word.text.as_deref().is_some_and(is_odd);
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let mut add =
            |name: Cow<'a, str>, value| sorted.flags.push(Flag { name, value, span: word.span.clone() });
        if text == "--" && word.text.is_some() {
            for word in rest {
                sorted.operands.push(word);
                sorted.after_flag.push(false);
            }
            break;
        } else if text.starts_with("--") || (!clusters && text.len() > 1 && text.starts_with('-')) {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let takes = value.is_none() && valued(name);
            let value = if takes { rest.next().and_then(|word| word.text.as_deref()) } else { value };
            add(name.into(), value);
            after_flag = !takes;
        } else if text.len() > 1 && text.starts_with('-') {
            after_flag = true;
            for (index, letter) in text.char_indices().skip(1) {
                let attached = &text[index + letter.len_utf8()..];
                let alone = index == 1 && attached.is_empty();
                let name = if alone { text.into() } else { Cow::Owned(String::from_iter(['-', letter])) };
                if valued(&name) {
                    let value = if attached.is_empty() {
                        rest.next().and_then(|w| w.text.as_deref())
                    } else {
                        Some(attached)
                    };
                    add(name, value);
                    after_flag = false;
                    break;
                }
                add(name, None);
            }
        } else {
            sorted.operands.push(word);
            sorted.after_flag.push(after_flag);
            after_flag = false;
        }
    }
    sorted
}

fn is_odd(text: &str) -> bool {
    let trimmed = text.trim_start();
    if !trimmed.starts_with('-') || trimmed.len() == 1 {
        return false;
    }
    let name = trimmed.split('=').next().unwrap_or(trimmed);
    let signs = |byte: u8| b"{}\\ \t\n'\"`$".contains(&byte);
    trimmed.len() < text.len() || name.bytes().any(signs)
}
