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
    encrypted: bool,
    /// What browsers may ask for, as `127.0.0.1:8080`.
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
    /// A door at a port of this machine, called by these names, of which there is at least one.
    pub fn new(names: &[String], port: u16, encrypted: bool) -> Self {
        let usual = if encrypted { 443 } else { 80 };
        let host = |name: &String| {
            let name = if name.contains(':') { format!("[{name}]") } else { name.clone() };
            // As browsers write it.
            if port == usual { name } else { format!("{name}:{port}") }
        };
        // Under a name that begins so, browsers take a cookie over an encrypted connection alone.
        let cookie = format!("{}chartsift-{port}", if encrypted { "__Host-" } else { "" });
        let hosts = names.iter().map(host).collect();
        Self { cookie, encrypted, hosts, keys: Mutex::default() }
    }

    /// Where it is, as `http://127.0.0.1:8080`.
    pub fn address(&self) -> String {
        let host = self.hosts.first().map_or("", String::as_str);
        format!("{}{host}", self.scheme())
    }

    fn scheme(&self) -> &'static str {
        if self.encrypted { "https://" } else { "http://" }
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
        let secure = if self.encrypted { "; Secure" } else { "" };
        let cookie =
            format!("{}={session}; HttpOnly; SameSite=Strict; Path=/{secure}", self.cookie);
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
            let host = origin.strip_prefix(self.scheme());
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

    fn door(names: &[&str], port: u16, encrypted: bool) -> Door {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        Door::new(&names, port, encrypted)
    }

    #[test]
    fn a_token_opens_once_for_its_reviewer() {
        let door = door(&["127.0.0.1"], 1, false);
        let (ann, ben) = (door.token("ann").unwrap(), door.token("ben").unwrap());
        assert_ne!(ann, ben);
        let cookie = door.enter(&ann).unwrap();
        assert!(door.enter(&ann).is_none() && door.enter("").is_none());
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        assert!(!cookie.contains("Secure"));
        let session = cookie.split(';').next().unwrap();
        assert_eq!(door.reviewer(&headers(&[("cookie", session)])).as_deref(), Some("ann"));
        assert_eq!(door.reviewer(&headers(&[("cookie", "chartsift-1=00")])), None);
        assert_eq!(door.reviewer(&headers(&[])), None);
    }

    #[test]
    fn only_pages_of_this_address_change_anything() {
        let door = door(&["127.0.0.1"], 1, false);
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

    #[test]
    fn hosts_are_named_as_browsers_name_them() {
        #[track_caller]
        fn check(name: &str, port: u16, encrypted: bool, address: &str) {
            let door = door(&[name], port, encrypted);
            assert_eq!(door.address(), address);
            let host = address.split_once("://").unwrap().1;
            assert!(door.host(&headers(&[("host", host)])));
            assert!(door.origin(&headers(&[("host", host), ("origin", address)])));
        }
        check("127.0.0.1", 8087, false, "http://127.0.0.1:8087");
        check("::1", 8087, false, "http://[::1]:8087");
        check("127.0.0.1", 80, false, "http://127.0.0.1");
        check("review.example", 80, true, "https://review.example:80");
        check("review.example", 443, true, "https://review.example");
    }

    #[test]
    fn an_encrypted_session_stays_so() {
        let door = door(&["review.example"], 8087, true);
        let cookie = door.enter(&door.token("ann").unwrap()).unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-chartsift-8087=") && cookie.ends_with("; Secure"));
        let host = ("host", "review.example:8087");
        assert!(!door.origin(&headers(&[host, ("origin", "http://review.example:8087")])));
    }
}
