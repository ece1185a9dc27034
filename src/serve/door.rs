//! Who may come in: one-time tokens, sessions, and what a request must say of where it
//! comes from.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};

/// What a browser may do with a page: nothing but what comes from here.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Tokens that were printed and not used yet, and the sessions that they opened.
pub struct Door {
    /// The cookie's name; browsers keep those of one machine's ports together.
    cookie: String,
    hosts: Vec<String>,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    /// Who comes in by a token; kept as its hash, so that comparing takes the same time always.
    tokens: HashMap<blake3::Hash, String>,
    sessions: HashMap<blake3::Hash, String>,
}

impl Door {
    /// A door at that port of this machine, called by these hosts, as `127.0.0.1:8080`.
    pub fn new(port: u16, hosts: Vec<String>) -> Self {
        Self { cookie: format!("chartsift-{port}"), hosts, keys: Mutex::default() }
    }

    /// A token by which a reviewer comes in, once.
    pub fn token(&self, reviewer: &str) -> Result<String, getrandom::Error> {
        let token = secret()?;
        self.keys().tokens.insert(blake3::hash(token.as_bytes()), reviewer.to_owned());
        Ok(token)
    }

    /// Takes a token for the cookie of a session; `None` where it is none, or was used.
    pub fn enter(&self, token: &str) -> Option<HeaderValue> {
        let session = secret().ok()?;
        let mut keys = self.keys();
        let reviewer = keys.tokens.remove(&blake3::hash(token.as_bytes()))?;
        keys.sessions.insert(blake3::hash(session.as_bytes()), reviewer);
        let cookie = format!("{}={session}; HttpOnly; SameSite=Strict; Path=/", self.cookie);
        HeaderValue::from_str(&cookie).ok()
    }

    /// Who asks.
    pub fn reviewer(&self, headers: &HeaderMap) -> Option<String> {
        let cookies =
            headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|c| c.trim().split_once('='));
        let (_, session) = pairs.find(|(name, _)| *name == self.cookie)?;
        self.keys().sessions.get(&blake3::hash(session.as_bytes())).cloned()
    }

    /// Whether a request was meant for this address: another site's name that leads here is refused.
    pub fn host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| self.hosts.iter().any(|own| own == host))
    }

    /// Whether what changes something comes from a page of this address.
    pub fn origin(&self, headers: &HeaderMap) -> bool {
        let word = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let own = |origin: &str| {
            let host = origin.strip_prefix("http://");
            host.is_some_and(|host| word(header::HOST) == Some(host))
        };
        word(header::ORIGIN).is_some_and(own)
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What every answer says to the browser.
pub fn harden(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// 32 hexadecimal digits that nobody can guess.
fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn a_token_opens_once_for_its_reviewer() {
        let door = Door::new(1, vec!["127.0.0.1:1".to_owned()]);
        let (ann, ben) = (door.token("ann").unwrap(), door.token("ben").unwrap());
        assert_ne!(ann, ben);
        let cookie = door.enter(&ann).unwrap();
        assert!(door.enter(&ann).is_none() && door.enter("").is_none());
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        let session = cookie.split(';').next().unwrap();
        assert_eq!(door.reviewer(&headers(&[("cookie", session)])).as_deref(), Some("ann"));
        assert_eq!(door.reviewer(&headers(&[("cookie", "chartsift-1=00")])), None);
        assert_eq!(door.reviewer(&headers(&[])), None);
    }

    #[test]
    fn only_pages_of_this_address_change_anything() {
        let door = Door::new(1, vec!["127.0.0.1:1".to_owned()]);
        let host = ("host", "127.0.0.1:1");
        assert!(door.host(&headers(&[host])) && !door.host(&headers(&[("host", "evil.example")])));
        assert!(door.origin(&headers(&[host, ("origin", "http://127.0.0.1:1")])));
        for origin in
            ["http://evil.example", "null", "https://127.0.0.1:1", "http://127.0.0.1:1.evil"]
        {
            assert!(!door.origin(&headers(&[host, ("origin", origin)])), "{origin}");
        }
        assert!(!door.origin(&headers(&[host])));
    }
}
