//! What is found, what is not, and what holds for every mask.

use std::borrow::Cow;
use std::ffi::OsString;

use proptest::prelude::*;

use super::{MASKED, Mask, find, looks_secret};

/// So many letters and digits in no order. Made here, so that nothing in this file is a credential to anybody.
fn noise(length: usize) -> String {
    let alphabet = b"q7Zk2Xw9Jc4Tn8Lb3Rv6Gd1Hs5Mf0PyEaUiOx";
    (0..length).map(|index| char::from(alphabet[(index * 11 + index / 7) % alphabet.len()])).collect()
}

fn hex(length: usize) -> String {
    (0..length).map(|index| char::from(b"0f3a9c1e7b5d2846"[(index * 7 + index / 5) % 16])).collect()
}

fn key(frame: &str) -> String {
    let lines = format!("{}\n{}\n{}", noise(64), noise(63), noise(10));
    format!("-----BEGIN {frame}-----\n{lines}==\n-----END {frame}-----")
}

fn mask(variables: &[(&str, &str)]) -> Mask {
    let variables: Vec<(OsString, OsString)> =
        variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    Mask::new(&variables)
}

fn shapes(text: &str) -> String {
    Mask::default().mask(text).into_owned()
}

#[test]
fn a_name_promises_a_secret_word_by_word() {
    for name in [
        "GITHUB_TOKEN",
        "token",
        "dbPassword",
        "PGPASSWORD",
        "MYSQL_PWD",
        "SMTP_PASS",
        "API_KEY",
        "apiKey",
        "APIKey",
        "x-api-key",
        "AWS_SECRET_ACCESS_KEY",
        "SSH_PRIVATE_KEY",
        "GOOGLE_CREDENTIALS",
        "BASIC_AUTH",
        "session_id",
        "COOKIE",
        "GPG_PASSPHRASE",
        "clientSecret",
        "TOKEN2",
        "NPM_AUTH_TOKEN",
        "Authorization",
    ] {
        assert!(looks_secret(name), "{name}");
    }
    for name in [
        "",
        "PWD",
        "OLDPWD",
        "PASS",
        "TEST_PASS",
        "AUTHOR",
        "GIT_AUTHOR_NAME",
        "SECRETARY",
        "TOKENIZER",
        "MAX_TOKENS",
        "PUBLIC_KEY",
        "PRIMARY_KEY",
        "CACHE_KEY",
        "KEYBOARD",
        "MONKEY",
        "SSH_AUTH_SOCK",
        "TOKEN_FILE",
        "PASSWORD_STORE_DIR",
        "PATH",
        "HOME",
        "COMPASS",
        "SESSION_TIMEOUT",
        "AUTH_TYPE",
        "LC_ALL",
    ] {
        assert!(!looks_secret(name), "{name}");
    }
}

#[test]
fn credentials_are_found_by_their_shape() {
    for credential in [
        format!("AKIA{}", noise(16).to_uppercase()),
        format!("ASIA{}", noise(16).to_uppercase()),
        format!("ghp_{}", noise(36)),
        format!("ghs_{}", noise(36)),
        format!("github_pat_{}_{}", noise(22), noise(59)),
        format!("glpat-{}", noise(20)),
        format!("xoxb-123456789012-123456789012-{}", noise(24)),
        format!("xapp-1-A0123-{}", noise(30)),
        format!("sk_live_{}", noise(24)),
        format!("rk_live_{}", noise(24)),
        format!("sk-{}", noise(48)),
        format!("sk-proj-{}", noise(60)),
        format!("sk-ant-api03-{}", noise(80)),
        format!("AIza{}", noise(35)),
        format!("npm_{}", noise(36)),
        format!("pypi-AgEI{}", noise(80)),
        format!("hf_{}", noise(34)),
        format!("SG.{}.{}", noise(22), noise(43)),
        format!("SK{}", hex(32)),
        format!("dop_v1_{}", hex(64)),
        format!("eyJ{}.eyJ{}.{}", noise(20), noise(40), noise(43)),
        format!("hooks.slack.com/services/T02AB3CD4/B05EF6GH7/{}", noise(24)),
        format!("discord.com/api/webhooks/123456789012345678/{}", noise(68)),
        format!("api.telegram.org/bot123456789:{}", noise(35)),
        format!("hvs.{}", noise(24)),
        format!("shpat_{}", hex(32)),
        format!("lin_api_{}", noise(40)),
        format!("rubygems_{}", hex(48)),
        format!("pul-{}", hex(40)),
        format!("sntrys_{}", noise(64)),
        format!("cio{}", noise(32)),
        format!("dckr_pat_{}", noise(27)),
        format!("tskey-auth-{}-{}", noise(12), noise(32)),
    ] {
        for (before, after) in
            [("", ""), ("got ", " and went on"), ("{\"a\":\"", "\"}"), ("x=", "&y"), ("a\\n", "\\n")]
        {
            let text = format!("{before}{credential}{after}");
            assert_eq!(shapes(&text), format!("{before}{MASKED}{after}"), "{text}");
            assert!(!find(&text).is_empty());
        }
    }
}

#[test]
fn what_is_assigned_to_a_secret_name_is_found() {
    let secret = noise(40);
    for text in [
        format!("aws_secret_access_key = {secret}"),
        format!("password={secret}"),
        format!("Token: {secret}"),
        format!("\"apiKey\": \"{secret}\","),
        format!("{{\\\"token\\\": \\\"{secret}\\\"}}"),
        format!("env[\"API_TOKEN\"] = '{secret}'"),
        format!("--client-secret={secret} --verbose"),
        format!("https://example.org/?access_token={secret}&x=1"),
        format!("Authorization: Bearer {secret}"),
        format!("curl -H 'authorization: Basic {secret}='"),
        format!("\"Authorization\": \"token {secret}\""),
        format!("Set-Cookie: session={secret}; Path=/"),
        format!("postgres://app:{secret}@db.example.org:5432/app"),
        format!("http_proxy=http://me:{secret}@proxy:3128"),
        format!("curl -u x https://me:p{secret}@host/ https://other/"),
        format!("token={}", secret.repeat(200)),
        format!("Authorization: Bearer {}", secret.repeat(200)),
    ] {
        let masked = shapes(&text);
        assert!(!masked.contains(&secret) && masked.contains(MASKED), "{text} → {masked}");
    }
    assert_eq!(shapes("password=hunter22"), "password=[masked]");
    assert_eq!(shapes("DB_PASS: Passw0rd!"), "DB_PASS: [masked]");
}

#[test]
fn a_private_key_goes_line_by_line() {
    for frame in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let masked = shapes(&format!("before\n{}\nafter", key(frame)));
        assert_eq!(
            masked,
            format!(
                "before\n-----BEGIN {frame}-----\n{MASKED}\n{MASKED}\n{MASKED}\n-----END {frame}-----\nafter"
            )
        );
    }
    let key = key("PRIVATE KEY");
    let indented: String = key.lines().flat_map(|line| ["      │ ", line, "\n"]).collect();
    assert_eq!(shapes(&indented).matches(MASKED).count(), 3);
    assert!(!shapes(&key.replace('\n', "\\n")).contains(&noise(20)));
    // One end cut off.
    let middle = key.find(&noise(63)).unwrap();
    assert!(!shapes(&key[..middle + 63]).contains(&noise(20)));
    assert!(!shapes(&key[middle..]).contains(&noise(20)));
    let public = key.replace("PRIVATE", "PUBLIC");
    assert_eq!(shapes(&public), public);
}

#[test]
fn ordinary_text_is_left_alone() {
    let digest = hex(64);
    for text in [
        &format!("commit {}", hex(40)),
        &format!("{digest}  release.tar.gz"),
        &format!("checksum = \"{digest}\""),
        &format!("node@sha256:{digest}"),
        &format!("auth: sha256:{digest}"),
        &format!("\"integrity\": \"sha512-{}==\"", noise(86)),
        &format!("golang.org/x/oauth2 v0.1.0 h1:{}=", noise(43)),
        &format!("//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjoz{}", noise(400)),
        "id 550e8400-e29b-41d4-a716-446655440000",
        "test auth::login::keeps_session ... ok",
        "test result: ok. 12 passed; 0 failed; finished in 0.01s",
        "ok  github.com/x/auth  0.123s",
        "test_auth_token: 0.123456s",
        "PASS: tests/session_1234567.c",
        "SyntaxError: Unexpected token: identifier12 expected",
        "unexpected token: StringLiteral",
        "token: Token { kind: Ident, span: 3..5 }",
        "password: String, token: Option<String>,",
        "password=changeme secret=example token=xxxxxxxxxxxx api_key=************",
        "password=$PASSWORD token=${TOKEN} secret=$(pass show x1234567) key=%SECRET_1%",
        "token: ${{ secrets.GITHUB_TOKEN }} password: <your-password-1>",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <token>",
        "Authorization: Bearer test-token",
        "export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "git clone ssh://git@github.com/x/y https://host:8080/a@b",
        "https://user:$PASS@host https://user:<password>@host",
        "js-tokens: 4.0.0\ncookie-signature: 1.0.6\nexpress-session: 1.18.0-beta.1",
        "max_tokens: 128000, prompt_tokens=12345678, tokens: 1048576 used",
        "session: 2026-11-22T14:00:00Z auth: oauth2-proxy token_path=/run/secrets/token1",
        "src/token.rs:1200:15: error[E0308]: mismatched types",
        "author: Jane Doe 1234567x",
        "class=\"sk-fading-circle-animation-delay-100\" risk-0123456789012345678901234567890123456789",
        "MASK AKIA SK hf_ npm_ SG. eyJ sk- ghp_ :// -----BEGIN CERTIFICATE-----",
        "[masked] token=[masked] https://x:[masked]@y",
        "",
    ] {
        assert!(matches!(Mask::default().mask(text), Cow::Borrowed(_)), "{text} → {}", shapes(text));
        assert!(find(text).is_empty(), "{text}");
    }
}

#[test]
fn a_passed_value_is_masked_in_any_spelling() {
    let mask =
        mask(&[("API_TOKEN", "s3 \"cr/t"), ("MODE", "visible"), ("DATABASE_URL", "pg://u:hushhush@h/d")]);
    for (text, masked) in [
        ("a s3 \"cr/t b", "a [masked] b"),
        ("{\"a\":\"s3 \\\"cr/t\"}", "{\"a\":\"[masked]\"}"),
        ("?a=s3%20%22cr%2Ft&b", "?a=[masked]&b"),
        ("?a=s3+%22cr%2Ft&b", "?a=[masked]&b"),
        ("?a=s3%20%22cr%2ft&b", "?a=[masked]&b"),
        ("czMgImNyL3Q=", "[masked]"),
        ("visible hushhush", "visible [masked]"),
    ] {
        assert_eq!(mask.mask(text), masked);
    }
    // `user:s3 "cr/t` and so on: wherever the value begins in a group of three.
    for (encoded, inside) in [
        ("OnMzICJjci90", "MzICJjci90"),
        ("eDpzMyAiY3IvdA==", "czMyAiY3Iv"),
        ("YWI6czMgImNyL3Q=", "czMgImNyL3"),
    ] {
        assert!(!mask.mask(encoded).contains(inside.get(2..).unwrap()), "{}", mask.mask(encoded));
    }
}

#[test]
fn short_and_trivial_values_are_not_masked() {
    let mask = mask(&[
        ("A_TOKEN", "abc12"),
        ("B_TOKEN", "localhost"),
        ("C_TOKEN", "true"),
        ("D_TOKEN", "masked"),
        ("E_TOKEN", ""),
    ]);
    let text = "abc12 localhost true masked [masked]";
    assert!(matches!(mask.mask(text), Cow::Borrowed(_)), "{}", mask.mask(text));
}

#[test]
fn a_value_of_many_lines_is_masked_line_by_line() {
    let mask = mask(&[("DEPLOY_KEY", "first-line\nab\nsecond-line\n")]);
    assert_eq!(mask.mask("x first-line y\nsecond-line"), "x [masked] y\n[masked]");
    assert_eq!(mask.mask("first-line\nab\nsecond-line\nz"), "[masked]\n[masked]\n[masked]\nz");
}

#[test]
fn values_that_overlap_are_masked_together() {
    let mask = mask(&[("A_TOKEN", "abcdef123"), ("B_TOKEN", "f123xyz99"), ("C_TOKEN", "abcdef")]);
    assert_eq!(mask.mask("-abcdef123xyz99-abcdef-"), "-[masked]-[masked]-");
}

#[test]
fn half_a_secret_at_a_cut_is_masked() {
    let secret = "correct-horse-battery";
    let known = mask(&[("A_TOKEN", secret)]);
    for size in 6..secret.len() {
        let (first, rest) =
            (format!("x {}", &secret[..size]), format!("{} y", &secret[secret.len() - size..]));
        assert_eq!(known.mask_cut(&first, false, true), "x [masked]");
        assert_eq!(known.mask_cut(&rest, true, false), "[masked] y");
        assert_eq!(known.mask(&format!("{first}…")), "x [masked]…");
        assert_eq!(known.mask(&first), first);
    }
    let token = format!("ghp_{}", noise(36));
    assert_eq!(Mask::default().mask_cut(&format!("x {}", &token[..30]), false, true), "x [masked]");
    assert_eq!(Mask::default().mask_cut(&format!("{} x", &token[15..]), true, false), "[masked] x");
    assert_eq!(Mask::default().mask_cut("passed: 12 tests", true, true), "passed: 12 tests");
}

#[test]
fn a_blank_is_as_long_as_what_it_hides() {
    let text = format!("a ghp_{} b\npassword='äß€1😀xyz90' c", noise(36));
    let blank = Mask::default().blank(&text).into_owned();
    assert_eq!(blank, format!("a {} b\npassword='··•*🞶*****' c", "*".repeat(40)));
    assert_eq!(blank.len(), text.len());
    assert_eq!(Mask::default().blank(&blank), blank);
}

#[test]
fn a_long_text_takes_linear_time() {
    for piece in [
        "eyJ",
        "token=",
        "://",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----\n",
        "a:b@",
        "token_",
        "AKIA=:",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let started = std::time::Instant::now();
        find(&text);
        // A fraction of a second; quadratic time would be hours.
        assert!(started.elapsed().as_secs() < 30, "{piece:?} took {:?}", started.elapsed());
    }
}

/// Text in which secrets, halves of them, marks and names meet.
fn text(secret: &str) -> impl Strategy<Value = String> + use<> {
    let fragments = [
        secret,
        &secret[..secret.len() / 2],
        &secret[secret.len() / 2..],
        MASKED,
        "[mask",
        "ed]",
        "token=",
        "password: ",
        "\"",
        "'",
        " ",
        "\n",
        "\r\n",
        "://u:",
        "@h",
        "AKIA",
        "ghp_",
        "x9",
        "…",
        "Bearer ",
        "Authorization: ",
        "abcdefgh1234567890",
    ];
    let fragment = prop_oneof![
        4 => prop::sample::select(fragments.map(str::to_owned).to_vec()),
        1 => "[ -~äß€\n]{0,12}",
    ];
    prop::collection::vec(fragment, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_of_a_known_secret_is_left_and_once_is_enough(
        (secret, text) in "[!-Z\\]-z]{6,24}".prop_flat_map(|secret| (Just(secret.clone()), text(&secret))),
        cut in any::<(bool, bool)>(),
    ) {
        let mask = mask(&[("A_TOKEN", &secret)]);
        let masked = mask.mask_cut(&text, cut.0, cut.1);
        if mask.mask(&secret) == MASKED && !MASKED.contains(&secret) {
            prop_assert!(!masked.contains(&secret), "{secret:?} in {masked:?}");
        }
        prop_assert_eq!(&mask.mask_cut(&masked, cut.0, cut.1), &masked);
        prop_assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
        if !text.contains(&secret) && find(&text).is_empty() && !text.contains('…') && cut == (false, false) {
            prop_assert!(matches!(masked, Cow::Borrowed(_)) || secret.len() < 12, "{text:?} → {masked:?}");
        }
    }

    #[test]
    fn nothing_breaks_on_any_text(text in any::<String>(), cut in any::<(bool, bool)>()) {
        let masked = Mask::default().mask_cut(&text, cut.0, cut.1).into_owned();
        prop_assert_eq!(&Mask::default().mask_cut(&masked, cut.0, cut.1), &masked);
        prop_assert_eq!(Mask::default().blank(&text).len(), text.len());
    }
}
