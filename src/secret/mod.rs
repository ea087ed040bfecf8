//! What must not be seen: names that promise a secret, text shaped like a credential, and a mask for both.
//!
//! A leaf without input or output. Text is masked where it leaves; what is compared is never masked.

mod assignment;
mod literal;
mod mask;
mod name;
mod shape;
mod value;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use mask::{MASKED, Mask};
pub use name::looks_secret;

/// What a credential was recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An access key id of Amazon Web Services.
    AwsAccessKeyId,
    /// A token of GitHub.
    GitHub,
    /// A token of GitLab.
    GitLab,
    /// A token of Slack.
    Slack,
    /// A secret or restricted key, or a webhook secret, of Stripe.
    Stripe,
    /// A key of Anthropic.
    Anthropic,
    /// A key of `OpenAI`, or of who took over its form.
    OpenAi,
    /// A key, token or client secret of Google.
    Google,
    /// A token of the npm registry.
    Npm,
    /// A token of the Python package index.
    PyPi,
    /// A token of Hugging Face.
    HuggingFace,
    /// A key of `SendGrid`.
    SendGrid,
    /// A key of Twilio.
    Twilio,
    /// A token of `DigitalOcean`.
    DigitalOcean,
    /// The address of a webhook of Slack or Discord.
    Webhook,
    /// The address of a bot of Telegram.
    Telegram,
    /// A token of `HashiCorp` Vault.
    Vault,
    /// A token or secret of Shopify.
    Shopify,
    /// A key of Linear.
    Linear,
    /// A key of `RubyGems`.
    RubyGems,
    /// A token of Pulumi.
    Pulumi,
    /// A token of Sentry.
    Sentry,
    /// A token of the registry of Rust crates.
    CratesIo,
    /// A token of Docker Hub.
    Docker,
    /// A key of Tailscale.
    Tailscale,
    /// A signed JSON Web Token.
    JsonWebToken,
    /// A line of a private key.
    PrivateKey,
    /// What follows `Authorization: Bearer` or the like.
    Authorization,
    /// The password in the address of something.
    UrlPassword,
    /// A value that a name promised to be secret and that looks like it.
    Assignment,
}

/// A credential in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where, as bytes of the text: the credential itself, not its name.
    pub range: Range<usize>,
    /// What it was recognised by.
    pub kind: Kind,
}

/// The credentials in a text, by their shape, in order of where they start; two may overlap. Takes time linear in the
/// length of the text.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = shape::find(text);
    found.extend(assignment::find(text));
    found.sort_by_key(|one| (one.range.start, one.range.end));
    found
}
