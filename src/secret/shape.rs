//! Credentials whose makers gave them a shape: a prefix, an alphabet, a length.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use super::value::is_stand_in;
use super::{Found, Kind};

/// One shape: how it starts, and a pattern for all of it.
struct Shape {
    kind: Kind,
    starts: &'static [&'static str],
    pattern: &'static str,
    /// Made when the start is seen for the first time, which is never in plain output.
    regex: OnceLock<Option<Regex>>,
}

const fn shape(kind: Kind, starts: &'static [&'static str], pattern: &'static str) -> Shape {
    Shape { kind, starts, pattern, regex: OnceLock::new() }
}

/// The forms, each with where it is told; what is not documented by the maker is as gitleaks 8 has it
/// (<https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml>).
static SHAPES: [Shape; 32] = [
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    shape(Kind::AwsAccessKeyId, &["AKIA", "ASIA"], "A[KS]IA[A-Z0-9]{16}"),
    // <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>
    shape(Kind::GitHub, &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "gh[pousr]_[A-Za-z0-9]{36,}"),
    shape(Kind::GitHub, &["github_pat_"], "github_pat_[A-Za-z0-9_]{36,}"),
    // <https://docs.gitlab.com/security/tokens/#token-prefixes>
    shape(
        Kind::GitLab,
        &["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-"],
        "gl[a-z]{2,4}-[A-Za-z0-9_.-]{20,}",
    ),
    // <https://docs.slack.dev/authentication/tokens>
    shape(
        Kind::Slack,
        &["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xoxe.xox"],
        "xox[a-z](?:\\.xox[a-z])?-[0-9][A-Za-z0-9-]{9,}",
    ),
    shape(Kind::Slack, &["xapp-"], "xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    // <https://docs.stripe.com/keys>
    shape(
        Kind::Stripe,
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
        "[sr]k_(?:live|test)_[A-Za-z0-9]{10,}",
    ),
    shape(Kind::Stripe, &["whsec_"], "whsec_[A-Za-z0-9+/=]{24,}"),
    // gitleaks: anthropic-api-key, openai-api-key
    shape(Kind::Anthropic, &["sk-ant-"], "sk-ant-[A-Za-z0-9_-]{20,}"),
    shape(
        Kind::OpenAi,
        &["sk-"],
        "sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|(?:or-v1-)?[A-Za-z0-9]{32,})",
    ),
    // gitleaks: gcp-api-key; <https://developers.google.com/identity/protocols/oauth2>
    shape(Kind::Google, &["AIza"], "AIza[A-Za-z0-9_-]{35}"),
    shape(Kind::Google, &["ya29."], "ya29\\.[A-Za-z0-9_-]{20,}"),
    shape(Kind::Google, &["GOCSPX-"], "GOCSPX-[A-Za-z0-9_-]{28,}"),
    // <https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/>
    shape(Kind::Npm, &["npm_"], "npm_[A-Za-z0-9]{36,}"),
    // From the Python package index's help on API tokens: a macaroon, so it begins alike for each index
    shape(Kind::PyPi, &["pypi-AgE"], "pypi-AgE[A-Za-z0-9_-]{40,}"),
    // <https://huggingface.co/docs/hub/security-tokens>
    shape(Kind::HuggingFace, &["hf_"], "hf_[A-Za-z0-9]{34,}"),
    // gitleaks: sendgrid-api-token
    shape(Kind::SendGrid, &["SG."], "SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{32,}"),
    // <https://www.twilio.com/docs/iam/api-keys>
    shape(Kind::Twilio, &["SK"], "SK[0-9a-f]{32}"),
    // <https://docs.digitalocean.com/reference/api/create-personal-access-token/>
    shape(Kind::DigitalOcean, &["dop_v1_", "doo_v1_", "dor_v1_"], "do[por]_v1_[a-f0-9]{64}"),
    // <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>: who has the address may post
    shape(
        Kind::Webhook,
        &["hooks.slack.com/services/"],
        "hooks\\.slack\\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
    ),
    // <https://discord.com/developers/docs/resources/webhook>
    shape(
        Kind::Webhook,
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        "discord(?:app)?\\.com/api/webhooks/[0-9]{10,}/[A-Za-z0-9_-]{40,}",
    ),
    // <https://core.telegram.org/bots/api#authorizing-your-bot>
    shape(Kind::Telegram, &["api.telegram.org/bot"], "api\\.telegram\\.org/bot[0-9]{6,}:[A-Za-z0-9_-]{30,}"),
    // <https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes>
    shape(Kind::Vault, &["hvs.", "hvb.", "hvr."], "hv[sbr]\\.[A-Za-z0-9_-]{20,}"),
    // <https://shopify.dev/changelog/app-secret-key-length-has-increased>, gitleaks: shopify-access-token
    shape(Kind::Shopify, &["shpat_", "shpca_", "shppa_", "shpss_"], "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32,}"),
    // gitleaks: linear-api-key, rubygems-api-token, pulumi-api-token, sentry-user-token
    shape(Kind::Linear, &["lin_api_"], "lin_api_[A-Za-z0-9]{40,}"),
    shape(Kind::RubyGems, &["rubygems_"], "rubygems_[a-f0-9]{40,}"),
    shape(Kind::Pulumi, &["pul-"], "pul-[a-f0-9]{40}"),
    shape(Kind::Sentry, &["sntrys_", "sntryu_"], "sntry[su]_[A-Za-z0-9+/=_]{40,}"),
    // From the source of the registry of Rust crates, its crate `crates_io_token`.
    shape(Kind::CratesIo, &["cio"], "cio[A-Za-z0-9]{32}"),
    // <https://docs.docker.com/security/access-tokens/>
    shape(Kind::Docker, &["dckr_pat_"], "dckr_pat_[A-Za-z0-9_-]{20,}"),
    // <https://tailscale.com/kb/1277/key-prefixes>
    shape(Kind::Tailscale, &["tskey-"], "tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}"),
    // RFC 7519 with the compact form of RFC 7515: two JSON objects and a signature
    shape(Kind::JsonWebToken, &["eyJ"], "eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{16,}"),
];

/// All starts in one pattern: the one look at a text that has none of them. Longer starts first.
static STARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mut starts: Vec<&str> = SHAPES.iter().flat_map(|shape| shape.starts).copied().collect();
    starts.extend(["://", BEGIN, END]);
    starts.sort_by_key(|start| std::cmp::Reverse(start.len()));
    let escaped: Vec<String> = starts.into_iter().map(regex::escape).collect();
    Regex::new(&escaped.join("|")).ok()
});

/// How a private key is framed: RFC 7468, and OpenSSH's own.
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Most bytes of a private key that are looked at: one of 16384 bits has 13 KiB.
const LONGEST_KEY: usize = 16 * 1024;

/// Most bytes of a password in an address.
const LONGEST_PASSWORD: usize = 1024;

pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let Some(starts) = STARTS.as_ref() else { return found };
    let mut done = 0;
    for start in starts.find_iter(text) {
        match start.as_str() {
            "://" => {
                found.extend(url_password(text, start.end()).map(|range| (range, Kind::UrlPassword).into()));
            }
            BEGIN if start.start() >= done => {
                done = private_key(text, start.start(), &mut found);
            }
            END if start.start() >= done => {
                // What stands before this end is not looked at again for the next one.
                end_of_private_key(text, done..start.start(), &mut found);
                done = start.start() + 1;
            }
            BEGIN | END => {}
            prefix if begins_a_word(text, start.start()) => {
                found.extend(shaped(text, prefix, start.start()).filter(|one| one.range.start >= done));
            }
            _ => {}
        }
    }
    found
}

impl From<(Range<usize>, Kind)> for Found {
    fn from((range, kind): (Range<usize>, Kind)) -> Self {
        Self { range, kind }
    }
}

/// Whether a cut-off word begins like a credential.
pub(super) fn begins_like_one(word: &str) -> bool {
    let starts = |start: &str| start.len() > 3 && word.len() > start.len() + 3 && word.starts_with(start);
    SHAPES.iter().flat_map(|shape| shape.starts).any(|start| starts(start))
}

fn shaped(text: &str, prefix: &str, at: usize) -> Option<Found> {
    let rest = &text[at..];
    SHAPES.iter().filter(|shape| shape.starts.contains(&prefix)).find_map(|shape| {
        let regex = shape.regex.get_or_init(|| Regex::new(&format!("^(?:{})", shape.pattern)).ok());
        let end = regex.as_ref()?.find(rest)?.end();
        let goes_on = rest[end..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        let made_up = is_stand_in(&rest[prefix.len()..end]);
        (!goes_on && !made_up).then(|| (at..at + end, shape.kind).into())
    })
}

/// Whether the character before is none of a word: `\n` and `%3D`, as JSON and addresses spell them, are none.
fn begins_a_word(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    match before {
        [] | [.., b'\\', b'n' | b'r' | b't'] | [.., b'%', _, _] => true,
        [.., last] => !(last.is_ascii_alphanumeric() || *last == b'_'),
    }
}

/// The password of `scheme://user:password@host`, where `after` is behind the `://` (RFC 3986, 3.2.1).
pub(super) fn url_password(text: &str, after: usize) -> Option<Range<usize>> {
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || b"/?#\"'`<>\\".contains(byte);
    let rest = &text.as_bytes()[after..];
    let rest = &rest[..rest.len().min(2 * LONGEST_PASSWORD)];
    let authority = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let at = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority[..at].iter().position(|byte| *byte == b':')?;
    let range = after + colon + 1..after + at;
    let password = text.get(range.clone())?;
    (!password.is_empty() && !is_stand_in(password)).then_some(range)
}

/// The lines of a private key that begins at `at`: only the Base64 in them, so that lines stay lines and whatever a
/// report put before them. Gives where the key ends.
fn private_key(text: &str, at: usize, found: &mut Vec<Found>) -> usize {
    let Some(label) = label(text, at + BEGIN.len()) else { return at };
    let body = at + BEGIN.len() + label.len();
    let most = text.floor_char_boundary(body + LONGEST_KEY);
    // Where the end was cut off, all that looks like Base64 in the lines that follow.
    let end = text[body..most].find(END).map(|end| body + end);
    let mut last = body;
    for (range, long) in base64_runs(text, body..end.unwrap_or(most)) {
        if end.is_none() && !long {
            break;
        }
        last = range.end;
        found.push((range, Kind::PrivateKey).into());
    }
    end.map_or(last, |end| end + 1)
}

/// What a frame says the key is, if it is a private one.
fn label(text: &str, from: usize) -> Option<&str> {
    let label = text[from..text.floor_char_boundary(from + 64)].split("-----").next()?;
    label.contains("PRIVATE KEY").then_some(label)
}

/// The lines before the end of a private key whose beginning was cut off.
fn end_of_private_key(text: &str, within: Range<usize>, found: &mut Vec<Found>) {
    let at = within.end;
    if label(text, at + END.len()).is_none() {
        return;
    }
    let from = text.ceil_char_boundary(at.saturating_sub(LONGEST_KEY).max(within.start));
    let runs: Vec<_> = base64_runs(text, from..at).collect();
    // The last line of a key may be short, the others are not.
    let before = runs.iter().rev().enumerate().take_while(|(index, (_, long))| *long || *index == 0);
    found.extend(before.map(|(_, (range, _))| (range.clone(), Kind::PrivateKey).into()));
}

/// Runs of Base64 in part of a text, and whether each is long.
fn base64_runs(text: &str, within: Range<usize>) -> impl Iterator<Item = (Range<usize>, bool)> {
    let start = within.start;
    let is_base64 =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=');
    let pieces = text[within].split_inclusive(move |character| !is_base64(character));
    let mut at = start;
    pieces.filter_map(move |piece| {
        let from = at;
        at += piece.len();
        let run = piece.trim_end_matches(|character| !is_base64(character));
        (run.len() >= 4).then(|| (from..from + run.len(), run.len() >= 24))
    })
}
