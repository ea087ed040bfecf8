//! Programs that never run what their words say, so that a command among them is a text like any other.

use std::sync::LazyLock;

use crate::policy::names::Names;

/// Programs for which every word is a name, a pattern, a message or a text.
static TEXTS: LazyLock<Names> = LazyLock::new(|| {
    // The shell's own, and what every system has.
    const SYSTEM: &str = ": [ [[ alias apropos basename break case cat cd chmod chown cksum cmp column comm command cp csplit \
        cut date dd declare df diff dirname du echo ed egrep exit export expr factor false fgrep file fmt fold fold grep \
        groups head hexdump iconv id info join kill less let ln local locale logger look ls man md5sum mkdir mktemp more mv \
        nl nm numfmt od paste pathchk pgrep pkill pr printenv printf ps pwd read readlink readonly realpath return rev rm \
        rmdir seq set sha1sum sha256sum sha512sum shift shopt shuf sleep stat strings sum tac tail tee test touch tput tr \
        true tsort tty type typeset ulimit umask uname unexpand uniq unset wait wc whatis whereis which who whoami wall \
        write xxd yes zcat zegrep zfgrep zgrep";
    // What searches, formats and looks at text.
    const READERS: &str = "ack ag alex ast-grep awk base32 base64 bat batcat codespell comby cspell csvgrep csvsql dasel delta \
        difft dos2unix fd fdfind find fzf git-grep glow gron gsed hunspell jd jo jq languagetool lychee markdownlint \
        markdownlint-cli2 mdcat mdl miller mlr pandoc pcregrep proselint rg ripgrep sd sed semgrep sg shellcheck shfmt sqlfluff sqlite3 \
        textlint tldr tokei typos ugrep vale write-good xmllint xmlstarlet xq yamllint yq";
    // What tells people something.
    const MESSAGES: &str = "banner boxes cowsay dialog espeak figlet gum lolcat mail mailx mutt notify-send osd_cat pv say \
        sendmail spd-say swaks terminal-notifier toilet whiptail xmessage zenity";
    // Tools whose words are names of their own, messages or filters.
    const TOOLS: &str = "age aws az bats brew cargo composer conda convert ctest curl cypress docker dotnet eslint ffmpeg \
        flake8 gcloud gem gh git glab go gpg gradle grpcurl helm hg http httpie https jest jj kubectl magick mariadb mix mocha mongo \
        mongosh mvn mypy mysql nc newman npm openssl phpunit pip playwright pnpm prettier psql pylint pytest redis-cli \
        robot rspec ruff sam sqlcmd ssh-keygen svn systemctl terraform tofu usql vitest wget xh yarn";
    Names::of(&[SYSTEM, READERS, MESSAGES, TOOLS])
});

/// Further programs that run none of their words as a command, though a text among them may be one; what `eval` makes
/// of all its words together has calls of its own.
static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&["apk apt apt-get env eval sort"]));

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
    TEXTS.has(program)
}

/// Whether the words of this program are never a command: `echo rm -rf x`.
pub(crate) fn takes_words(program: &str) -> bool {
    TEXTS.has(program) || NAMES.has(program)
}

/// Whether the value of an option is run even by a program that else takes texts.
pub(super) fn is_run(option: &str) -> bool {
    RUNNING.has(option)
}
