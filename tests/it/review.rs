//! The review station from outside: who may reach it, and what its gold is good for.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};
use std::sync::Arc;

use chartsift::store::{Event, Reader, Store, Target, Verdict};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::place::{Place, Run};

const NOTE: &str = "Medications: gabapentin 300 mg tid, no relief.\n\nPain is 7/10 today.\n\n\
                    Exam: iliac crest tenderness on the left.\n";

/// A report `out` of a note.
fn report() -> Place {
    let place = Place::with(&[("in/note.txt", NOTE)]);
    place.run("run in --out out").expect(0);
    place
}

/// Writes a certificate for these names and its key; yields the certificate as bytes.
fn certify(
    place: &Place,
    name: &str,
    hosts: &[&str],
) -> rustls::pki_types::CertificateDer<'static> {
    let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(hosts).unwrap();
    place.write(&format!("{name}.pem"), made.cert.pem());
    place.write(&format!("{name}.key"), made.signing_key.serialize_pem());
    made.cert.der().clone()
}

/// A station that serves; gone when the test ends.
struct Station {
    program: Child,
    /// Held open: the program ends where it cannot say what it has to say.
    _told: Lines<BufReader<ChildStderr>>,
    /// Each reviewer's address, in order.
    addresses: Vec<String>,
}

impl Station {
    fn start(place: &Place, arguments: &str, reviewers: usize) -> Self {
        let arguments = format!("review out --port 0 {arguments}");
        let mut program = place
            .chartsift()
            .args(arguments.split_whitespace())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(program.stderr.take().unwrap()).lines();
        let addresses: Vec<String> = told
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| line.rsplit_once(": http").map(|(_, rest)| format!("http{rest}")))
            .take(reviewers)
            .collect();
        assert_eq!(addresses.len(), reviewers, "the station did not start");
        Self { program, _told: told, addresses }
    }

    /// What stands in the first address between the scheme and the path.
    fn host(&self) -> &str {
        self.addresses[0].split('/').nth(2).unwrap()
    }

    fn token(&self, reviewer: usize) -> &str {
        self.addresses[reviewer].split_once("token=").unwrap().1
    }

    fn port(&self) -> u16 {
        self.host().rsplit_once(':').unwrap().1.parse().unwrap()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A browser that trusts one certificate.
struct Browser {
    config: Arc<ClientConfig>,
    port: u16,
}

impl Browser {
    fn new(trusted: rustls::pki_types::CertificateDer<'static>, port: u16) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(trusted).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { config: Arc::new(config), port }
    }

    /// The head of the answer.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let name = ServerName::try_from("localhost").unwrap();
        let agreed = ClientConnection::new(Arc::clone(&self.config), name).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut stream = StreamOwned::new(agreed, stream);
        let mut request = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("content-length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        answer.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    #[track_caller]
    fn check(&self, method: &str, path: &str, headers: &[(&str, &str)], status: u16) {
        let head = self.ask(method, path, headers);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {path}: {head}");
    }
}

/// Beyond this machine the pages go encrypted, to who holds a token, under the certificate's name.
#[test]
fn pages_go_over_the_network_encrypted() {
    let place = report();
    let trusted = certify(&place, "own", &["localhost"]);
    let arguments =
        "--reviewer ann --reviewer ben --listen 0.0.0.0 --certificate own.pem --key own.key";
    let station = Station::start(&place, arguments, 2);
    let (host, token) = (station.host(), station.token(0));
    assert!(station.addresses.iter().all(|at| at.starts_with("https://localhost:")));
    let browser = Browser::new(trusted, station.port());

    browser.check("GET", "/", &[("host", host)], 401);
    browser.check("GET", "/enter?token=00000000000000000000000000000000", &[("host", host)], 401);
    let entry = format!("/enter?token={token}");
    browser.check("GET", &entry, &[("host", "evil.example")], 421);
    let entered = browser.ask("GET", &entry, &[("host", host)]);
    let cookie = entered.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    for word in ["__Host-chartsift-", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    browser.check("GET", &entry, &[("host", host)], 401);

    let cookie = cookie.split(';').next().unwrap();
    let own = [("host", host), ("cookie", cookie)];
    browser.check("GET", "/", &own, 200);
    // The machine's address is no name of the certificate's.
    let address = format!("127.0.0.1:{}", station.port());
    browser.check("GET", "/", &[("host", &address), ("cookie", cookie)], 421);
    let origin = format!("https://{host}");
    for other in ["https://evil.example", "null", &format!("http://{host}")] {
        let headers = [own[0], own[1], ("origin", other)];
        browser.check("POST", "/undo", &headers, 403);
    }
    browser.check("POST", "/undo", &own, 403);
    browser.check("POST", "/undo", &[own[0], own[1], ("origin", &origin)], 303);

    // Nothing is answered in the clear.
    let mut clear = TcpStream::connect(("127.0.0.1", station.port())).unwrap();
    clear.write_all(format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = clear.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
}

/// Whoever connects and says nothing keeps nobody else out.
#[test]
fn a_silent_connection_holds_nobody_up() {
    let place = report();
    let trusted = certify(&place, "own", &["localhost"]);
    let station = Station::start(&place, "--certificate own.pem --key own.key", 1);
    let silent: Vec<TcpStream> =
        (0..4).map(|_| TcpStream::connect(("127.0.0.1", station.port())).unwrap()).collect();
    Browser::new(trusted, station.port()).check("GET", "/", &[("host", station.host())], 401);
    drop(silent);
}

/// What is wrong with a certificate or its key is said with the file, and nothing is served.
#[test]
fn without_its_certificate_nothing_is_served() {
    #[track_caller]
    fn check(place: &Place, arguments: &str, said: &str) {
        let Run { stderr, .. } = place.run(&format!("review out --port 0 {arguments}")).expect(2);
        assert!(stderr.contains(said), "{stderr}");
        assert!(!stderr.contains("token="), "{stderr}");
    }
    let place = report();
    certify(&place, "own", &["review.example", "10.1.2.3"]);
    certify(&place, "other", &["other.example"]);
    certify(&place, "nameless", &["10.1.2.3"]);
    check(
        &place,
        "--listen 0.0.0.0",
        "--listen 0.0.0.0: records would cross the network in the clear",
    );
    check(&place, "--listen 0.0.0.0 --certificate own.pem", "--key");
    check(&place, "--host-name review.example", "--certificate");
    let with = |certificate: &str, key: &str| format!("--certificate {certificate} --key {key}");
    check(&place, &with("none.pem", "own.key"), "none.pem: cannot read");
    check(&place, &with("own.pem", "none.key"), "none.key: cannot read");
    check(&place, &with("in/note.txt", "own.key"), "in/note.txt: holds no certificate");
    check(&place, &with("own.pem", "own.pem"), "own.pem: holds no private key");
    check(&place, &with("own.pem", "other.key"), "other.key: not the key of own.pem");
    let other = format!("{} --host-name other.example", with("own.pem", "own.key"));
    check(&place, &other, "own.pem: not for --host-name other.example; it is for review.example");
    check(&place, &with("nameless.pem", "nameless.key"), "nameless.pem: lists no name");
    // An address of the certificate's is a name where it is said.
    let said = format!("{} --host-name 10.1.2.3", with("nameless.pem", "nameless.key"));
    let station = Station::start(&place, &said, 1);
    assert!(station.addresses[0].starts_with("https://10.1.2.3:"));
}

/// What reviewers said is held against the lexicon, in the whole file or in the paragraph alone.
#[test]
fn gold_tests_the_lexicon() {
    let place = report();
    let lines: Vec<String> = place.read("out/facts.jsonl").lines().map(str::to_owned).collect();
    let of = |kind: &str| {
        lines.iter().find(|line| line.contains(&format!("\"kind\":\"{kind}\""))).unwrap()
    };
    let id = |line: &str| line.split("\"fact_id\":\"").nth(1).unwrap()[..16].to_owned();
    let (drug, score, sign) = (of("medication"), of("pain_score"), of("exam_sign"));
    let say = |line: &str, verdict: Verdict, to: Option<String>| {
        let (store, _) = Store::open(&place.path("out"), Reader::none()).unwrap();
        let event = Event {
            at: "2026-11-27T12:00:00Z".to_owned(),
            reviewer: "ann".to_owned(),
            target: Target::Fact,
            subject: id(line),
            case_id: line
                .split("\"case_id\":\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned(),
            verdict,
            from: Some(line.to_owned()),
            to,
            ..Event::default()
        };
        store.add_event(&event).unwrap();
        place.run("review out --export").expect(0);
    };
    let test = |more: &str, code: i32| {
        let run = place.run(&format!("lexicon test --gold out/gold.jsonl {more}")).expect(code);
        // Nothing that the record says is told.
        for word in ["gabapentin", "300 mg", "75 mg", "7/10", "crest"] {
            assert!(!run.stdout.contains(word) && !run.stderr.contains(word), "{}", run.stdout);
        }
        run.stdout
    };

    say(drug, Verdict::Accept, None);
    say(score, Verdict::Accept, None);
    let told = test("--documents in/note.txt", 0);
    assert!(told.contains("2 of gold (2 in their files: 2 right, 0 missed"), "{told}");
    let told = test("", 0);
    assert!(told.contains("2 of gold (0 in their files: 2 right, 0 missed"), "{told}");

    say(drug, Verdict::Correct, Some(drug.replace("\"dose\":\"300 mg\"", "\"dose\":\"75 mg\"")));
    say(sign, Verdict::Reject, None);
    // As if it were a statement, which the program does not take it for.
    let kind = ["\"kind\":\"pain_score\"", "\"kind\":\"statement\",\"topic\":\"consent\""];
    let missed = score.replace(kind[0], kind[1]);
    say(score, Verdict::Correct, Some(missed));
    for more in ["", "--documents in/note.txt"] {
        let told = test(more, 2);
        assert!(
            told.contains(&format!("medication {} found otherwise: dose\n", id(drug))),
            "{told}"
        );
        assert!(
            told.contains(&format!("exam_sign {} found, though reviewers rejected it\n", id(sign))),
            "{told}"
        );
        assert!(told.contains(&format!("statement {} missed\n", id(score))), "{told}");
        assert!(
            told.contains("0 right, 1 missed, 1 found otherwise, 1 found though rejected"),
            "{told}"
        );
    }

    place.write("out/gold.jsonl", "{}\n");
    let wrong = place.run("lexicon test --gold out/gold.jsonl").expect(2);
    assert!(wrong.stderr.contains("out/gold.jsonl:1: no line of gold"), "{}", wrong.stderr);
}
