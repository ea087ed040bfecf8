//! Programs that never run what their words say, so that a command among them is a text like any other.

use std::sync::LazyLock;

use crate::policy::names::Names;

// The shell's own, and what every system has.
const SYSTEM: &str = ": [ [[ alias apropos basename break case cat cd chmod chown cksum cmp column comm command cp csplit cut date \
    dd declare df diff dirname du echo ed egrep exit export expr factor false fgrep file fmt fold grep groups head hexdump \
    iconv id info join kill less let ln local locale logger look ls man md5sum mkdir mktemp more mv nl nm numfmt od paste \
    pathchk pgrep pkill pr printenv printf ps pwd read readlink readonly realpath return rev rm rmdir seq set sha1sum \
    sha256sum sha512sum shift shopt shuf sleep stat strings sum tac tail tee test touch tput tr true tsort tty type typeset \
    ulimit umask uname unexpand uniq unset wait wc whatis whereis which who whoami wall write xxd yes zcat zegrep zfgrep zgrep";

// What searches, formats and looks at text.
const READERS: &str = "ack ag alex ast-grep awk base32 base64 bat batcat codespell comby cspell csvgrep csvsql dasel delta difft \
    dos2unix git-grep glow gron gsed hunspell jd jo jq languagetool lychee markdownlint markdownlint-cli2 mdcat mdl \
    miller mlr pandoc pcregrep planproof proselint rg ripgrep sd sed semgrep sg shellcheck shfmt sqlfluff textlint tldr \
    tokei typos ugrep vale write-good xmllint xmlstarlet xq yamllint yq";

// What tells people or machines something.
const MESSAGES: &str = "ab banner boxes commitlint cowsay dialog espeak figlet gitlint gum hey kcat lolcat mail mailx \
    mosquitto_pub mutt nats notify-send osd_cat pv rabbitmqadmin say sendmail spd-say swaks terminal-notifier toilet vegeta \
    websocat whiptail wrk wscat xmessage zenity";

// Tools whose words are names of their own; what they run they run by a verb.
const TOOLS: &str = "apk apt apt-get aws brew cargo docker env gh git go helm kubectl npm pip pnpm pytest rsync sort terraform yarn";

// Tools to which a text is a name, a message or a filter, though they may run the words behind some verb of theirs.
const RUNNERS: &str = "act age artillery ava az bats bazel behat behave buck busted cabal composer conda convert ctest cucumber \
    curl cypress dart detox dotnet eslint fd fdfind ffmpeg find flake8 flutter gauge gcloud gem ginkgo glab godog gpg gradle \
    gradlew grpcurl hg http httpie https jest jj k6 karma kaocha lefthook lein lerna maestro magick mariadb mix mocha mongo \
    mongosh mvn mvnw mypy mysql nc newman nightwatch nosetests nox nx openssl pabot phpunit playwright prettier prove psql \
    pylint redis-cli robot rspec ruff sam sonar-scanner sqlcmd sqlite3 ssh-keygen stack svn swift systemctl tape testcafe \
    tofu tox turbo usql vitest wdio wget xcodebuild xh zig";

/// Programs for which every text is a name, a pattern, a message or data.
static TEXTS: LazyLock<Names> = LazyLock::new(|| Names::of(&[SYSTEM, READERS, MESSAGES, TOOLS, RUNNERS]));

/// Programs that run none of their words; what `eval` makes of all of them together has calls of its own.
static WORDS: LazyLock<Names> = LazyLock::new(|| Names::of(&[SYSTEM, READERS, MESSAGES, TOOLS, "eval"]));

/// Those of them to which a text may be a command all the same: hooks of installers.
const HOOKED: [&str; 4] = ["apk", "apt", "apt-get", "env"];

/// Options that such programs run all the same.
static RUNNING: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "--call --cleanup --cmd --command --commands --compress-program --editor --entrypoint --eval --exec --execute \
         --exec-cmd --health-cmd --hook --init-command --launcher --metadata --pager --parameters --password-command \
         --post-renderer --pre --prepare --run-command --runner --script --scripts --sendmail-cmd --shell --startup-script \
         --to-cmd --cc-cmd --user-data --wrapper",
    ])
});

/// Whether a text among the words of this program is never a command.
pub(crate) fn takes_texts(program: &str) -> bool {
    TEXTS.has(program) && !HOOKED.contains(&program)
}

/// Whether the words of this program are never a command: `echo rm -rf x`.
pub(crate) fn takes_words(program: &str) -> bool {
    WORDS.has(program)
}

/// Whether the value of an option is run even by a program that else takes texts.
pub(super) fn is_run(option: &str) -> bool {
    RUNNING.has(option)
}
