//! Where the words of a command hold a password that no name beside it in the text gives away.

use std::ops::Range;
use std::sync::LazyLock;

use super::names::Rows;
use super::shell::{Invocation, RedirectionKind, SimpleCommand, Word};
use crate::secret;

/// Programs with the options that take a password; those with `…` at the end only in the same word.
const OPTIONS: &[(&str, &str)] = &[
    ("7z 7za 7zz rar unrar", "-p…"),
    ("ansible-vault", "--vault-password"),
    ("aws", "--value --secret-string --parameter-value"),
    ("az", "-p --value --admin-password"),
    ("bcp isql osql sqlcmd", "-P"),
    ("cf", "-p"),
    ("codecov", "-t"),
    ("crane docker helm nerdctl oras podman skopeo buildah", "-p"),
    ("curl wget", "-u --user -U --proxy-user"),
    ("dotnet nuget", "-k --api-key -ApiKey"),
    ("gem", "-k --key"),
    ("gh", "-b --body"),
    ("glab", "-v --value"),
    ("http https xh", "-a --auth -u"),
    ("jarsigner keytool", "-storepass -keypass -srcstorepass -deststorepass -srckeypass -destkeypass -new"),
    ("ldapadd ldapdelete ldapmodify ldappasswd ldapsearch ldapwhoami", "-w -s"),
    ("mariadb mysql mysqladmin mysqldump mysqlimport", "-p…"),
    ("mongo mongodump mongoexport mongoimport mongorestore mongosh", "-p"),
    ("openssl", "-k -K -pass -passin -passout"),
    ("ovsx vsce", "-p --pat"),
    ("redis-cli valkey-cli", "-a --pass"),
    ("rpcclient smbclient smbget", "-U --user"),
    ("sonar-scanner", "-Dsonar.login…"),
    ("ssh-keygen", "-N -P"),
    ("sshpass", "-p -p…"),
    ("twine", "-p"),
    ("unzip zip", "-P -P…"),
];

static BY_PROGRAM: LazyLock<Rows<(&str, &str)>> =
    LazyLock::new(|| Rows::of(OPTIONS, |(programs, _)| programs));

/// Operands that come before a password: the last operand of these calls is one.
const CALLS: &[(&str, &[&str])] = &[
    ("ansible-vault", &["encrypt_string"]),
    ("cargo", &["login"]),
    ("rclone", &["obscure"]),
    ("snyk", &["auth"]),
    ("vault", &["login"]),
];

/// Words that say that a name and its value follow.
const SETTERS: [&str; 8] =
    ["add", "config:set", "create", "env:set", "put", "secrets:set", "set", "secret:set"];

/// The words of a call that hold a password, as ranges of the script.
pub(super) fn in_words(invocation: &Invocation) -> Vec<Range<usize>> {
    let words = invocation.words();
    let program = invocation.program.as_str();
    let options = || BY_PROGRAM.about(program).iter().flat_map(|(_, options)| options.split(' '));
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.text.as_deref().filter(|text| text.starts_with('-')) else { continue };
        let next = words.get(index + 1).and_then(|word| Some((word.text.as_deref()?, word)));
        // `--db-password V`, and `-password V` of programs with long options behind one dash.
        let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-').filter(|name| name.len() > 3));
        let named = name.is_some_and(|name| !name.contains('=') && secret::looks_secret(name));
        let value = if named {
            next
        } else if options().any(|option| option == text) {
            next.map(|(value, word)| (own_part(program, value), word))
        } else {
            let attached = options().filter_map(|option| text.strip_prefix(option.strip_suffix('…')?));
            let equals = options().filter_map(|option| text.strip_prefix(option)?.strip_prefix('='));
            let attached = attached.chain(equals).map(|value| value.trim_start_matches('='));
            attached.map(|value| (own_part(program, value), word)).find(|(value, _)| !value.is_empty())
        };
        found.extend(value.filter(|(value, _)| is_password(value)).map(|(_, word)| word.span.clone()));
    }
    found.extend(in_operands(invocation));
    found.extend(words.iter().filter(|word| has_literal(word)).map(|word| word.span.clone()));
    found
}

/// `vault login V`, `aws configure set NAME V`, `htpasswd -b FILE USER V`, `sqlplus USER/V@HOST`.
fn in_operands(invocation: &Invocation) -> Vec<Range<usize>> {
    let (program, words) = (invocation.program.as_str(), invocation.words());
    let verbs = CALLS.iter().find(|(name, _)| *name == program).map(|(_, verbs)| *verbs);
    let batch = |word: &Word| {
        let text = word.text.as_deref().unwrap_or_default();
        text.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains('b'))
    };
    let in_batch = program == "htpasswd" && words.iter().any(batch);
    let sets = words.iter().any(|word| word.text.as_deref().is_some_and(|text| SETTERS.contains(&text)));
    if verbs.is_none() && !in_batch && !sets && program != "sqlplus" {
        return Vec::new();
    }
    let arguments = invocation.arguments();
    let operands: Vec<(&str, &Word)> =
        arguments.operands.iter().filter_map(|word| Some((word.text.as_deref()?, *word))).collect();
    let mut found = Vec::new();
    if verbs.is_some_and(|verbs| operands.first().is_some_and(|(first, _)| verbs.contains(first))) {
        found.extend(operands.iter().skip(1).next_back());
    }
    if in_batch {
        found.extend(operands.last());
    }
    if operands.iter().any(|(text, _)| SETTERS.contains(text)) {
        let pairs =
            operands.windows(2).filter(|pair| secret::looks_secret(pair[0].0) && !pair[0].0.contains('='));
        found.extend(pairs.map(|pair| &pair[1]));
    }
    let mut spans: Vec<Range<usize>> =
        found.into_iter().filter(|(text, _)| is_password(text)).map(|(_, word)| word.span.clone()).collect();
    if program == "sqlplus" {
        let logon = operands.iter().filter(|(text, _)| {
            let password = text.split_once('/').map(|(_, rest)| rest.split('@').next().unwrap_or(rest));
            password.is_some_and(is_password)
        });
        spans.extend(logon.map(|(_, word)| word.span.clone()));
    }
    spans
}

/// What a command reads as a password from its standard input: `<<< V`, `echo V | … --password-stdin`.
pub(super) fn in_input(command: &SimpleCommand, before: Option<&SimpleCommand>) -> Vec<Range<usize>> {
    let asks = command.invocations.iter().any(|invocation| {
        let words = invocation.words();
        let says = |text: &str| words.iter().any(|word| word.text.as_deref() == Some(text));
        says("--password-stdin")
            || invocation.program == "sudo"
                && words.first().is_some_and(|word| matches!(word.text.as_deref(), Some("-S" | "--stdin")))
            || (says("secret") || says("secrets"))
                && (says("put") || says("set") || says("add") || says("create"))
    });
    if !asks {
        return Vec::new();
    }
    let given = command
        .redirections
        .iter()
        .filter(|redirection| redirection.kind == RedirectionKind::HereString)
        .map(|redirection| &redirection.target);
    let piped = before.filter(|_| command.pipeline.fed).filter(|before| {
        before.words.first().is_some_and(|word| matches!(constant(word), "echo" | "printf"))
    });
    let words = given.chain(piped.into_iter().flat_map(|before| before.words.iter().skip(1)));
    words.filter(|word| is_password(constant(word))).map(|word| word.span.clone()).collect()
}

fn constant(word: &Word) -> &str {
    word.text.as_deref().unwrap_or_default()
}

/// `machine HOST login USER password V`, as `.netrc` has it.
pub(super) fn in_netrc(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before = [""; 3];
    for word in text.split_ascii_whitespace() {
        if before[0] == "login" && before[2] == "password" {
            let value = word.trim_matches(['"', '\'']);
            let value = value.split(['"', '\'', '\\']).next().unwrap_or(value);
            if is_password(value) {
                let start = value.as_ptr().addr() - text.as_ptr().addr();
                found.push(start..start + value.len());
            }
        }
        before = [before[1], before[2], word];
    }
    found
}

/// A value with a credential in it and a part that is computed: `MY_PASSWORD=${X}…`. What is computed may be nothing.
pub(super) fn is_mixed(name: &str, value: &Word) -> bool {
    let mixed = |literal: &str| {
        let alphanumeric = literal.len() >= 10 && literal.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let sorts = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
        alphanumeric
            && sorts.iter().all(|sort| literal.bytes().any(|byte| sort(&byte)))
            && is_password(literal)
    };
    secret::looks_secret(name)
        && value.literals().iter().any(|literal| mixed(literal.trim_start_matches('=')))
}

/// `--password=V$X`
fn has_literal(word: &Word) -> bool {
    let Some(name) = word.prefix.strip_prefix("--").and_then(|rest| rest.split_once('=')) else {
        return false;
    };
    let (name, value) = name;
    word.text.is_none()
        && secret::looks_secret(name)
        && (is_mixed(name, &Word::of(value)) || is_mixed(name, word))
}

/// The password in a value that names a user as well: `user:V`, `user%V`, `pass:V`.
fn own_part<'v>(program: &str, value: &'v str) -> &'v str {
    let sign = match program {
        "curl" | "wget" | "http" | "https" | "xh" | "openssl" => ':',
        "smbclient" | "rpcclient" | "smbget" => '%',
        _ => return value,
    };
    match value.split_once(sign) {
        Some(("env" | "file" | "fd" | "stdin", _)) => "",
        Some((_, password)) => password,
        // `curl -u NAME` asks for the password.
        None if program == "openssl" => value,
        None => "",
    }
}

/// Whether a value looks like one that nobody was meant to guess.
fn is_password(value: &str) -> bool {
    !value.is_empty() && !secret::find(&format!("password={value}")).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::shell::read;

    /// So many letters and digits in no order, so that nothing in this file is a credential to anybody.
    fn noise(length: usize) -> String {
        let alphabet = b"q7Zk2Xw9Jc4Tn8Lb3Rv6Gd1Hs5Mf0PyEaUiOx";
        (0..length).map(|index| char::from(alphabet[(index * 11 + index / 7) % alphabet.len()])).collect()
    }

    /// Whether a password is found in a script in which `V` stands for one.
    fn found(script: &str) -> bool {
        let script = script.replace('V', &noise(12));
        let reading = read(&script);
        let words = reading
            .commands
            .iter()
            .flat_map(|command| &command.invocations)
            .any(|it| !in_words(it).is_empty());
        let pairs = reading.commands.iter().enumerate();
        let input = pairs.into_iter().any(|(index, command)| {
            let before = index.checked_sub(1).and_then(|before| reading.commands.get(before));
            !in_input(command, before).is_empty()
                || command.assignments.iter().any(|assignment| is_mixed(&assignment.name, &assignment.value))
        });
        words || input || !in_netrc(&script).is_empty()
    }

    #[test]
    fn a_password_is_found_behind_its_option_verb_or_name() {
        for script in [
            "mongosh -u r -p V",
            "redis-cli --pass V ping",
            "sqlcmd -P V",
            "openssl enc -k V -in a",
            "openssl rsa -passin pass:V -in k",
            "zip -P V t/a.zip src",
            "7z x a.7z -pV",
            "mysql -pV",
            "htpasswd -b f admin V",
            "keytool -genkey -storepass V",
            "ldapsearch -D cn=a -w V",
            "smbclient -U u%V //h/s",
            "ssh-keygen -N V -f k",
            "curl -u me:V https://h",
            "curl --oauth2-bearer V https://h",
            "wget --user u --password V https://h",
            "gh secret set X -b V",
            "az keyvault secret set -n p --value V",
            "aws ssm put-parameter --name p --value V",
            "aws configure set aws_secret_access_key V",
            "netlify env:set API_KEY V",
            "influx -username u -password V",
            "vault login V",
            "cargo login V",
            "sqlplus u/V@h",
            "wrangler secret put X <<< V",
            "echo V | docker login -u me --password-stdin",
            "echo V | sudo -S ls",
            "printf 'machine x login u password V' > netrc",
            "MY_PASSWORD=${Y}V ./y",
            "wget --password=V$X",
        ] {
            assert!(found(script), "{script}");
        }
    }

    #[test]
    fn what_is_no_password_is_left_alone() {
        for script in [
            "mongosh -p \"$P\"",
            "docker run -p 8080:80 web",
            "openssl rsa -passin env:KEY -in k",
            "openssl x509 -in V",
            "ssh-keygen -N '' -f k",
            "curl -u \"$U:$P\" https://h",
            "curl -u me https://h",
            "gh secret set X -b \"$X\"",
            "gh pr create --title a --body 'fixes the token'",
            "vault login",
            "echo \"$P\" | docker login --password-stdin",
            "echo V | sha256sum",
            "cp -p V b",
            "git config set user.name V",
            "MY_PASSWORD=${Y}-suffix123 ./y",
            "mysql -p db",
        ] {
            assert!(!found(script), "{script}");
        }
    }
}
