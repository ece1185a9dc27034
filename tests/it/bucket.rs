//! Documents in a bucket, served by a real S3-compatible server.
#![cfg(feature = "s3")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::place::{Place, project, timeless};

/// A server of buckets; gone when the test ends.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let program = project(".venv/bin/moto_server");
        assert!(program.exists(), "no {}: `make test` makes it", program.display());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let is_up = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let up = (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            is_up()
        });
        assert!(up, "the server does not answer");
        server
    }

    /// Puts a bucket or an object there.
    fn put(&self, path: &str, bytes: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "PUT /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Runs the program with this server for its buckets.
    fn run(&self, place: &Place, arguments: &str) -> (Option<i32>, String) {
        let mut command = place.chartsift();
        let run = command
            .args(arguments.split_whitespace())
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port))
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_ACCESS_KEY_ID", "reader")
            .env("AWS_SECRET_ACCESS_KEY", "of-tests")
            .env("AWS_REGION", "us-east-1")
            .output()
            .unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already where this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A bucket's documents make the report that the same files in a folder make, and nothing of
/// them is left behind.
#[test]
fn a_bucket_is_read_as_a_folder_is() {
    let fax = std::fs::read(project("corpus/faxes/second-test-block/visit.pdf")).unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("a.txt", b"PLAN: Request left superior cluneal nerve block, CPT 64450.\n"),
        ("more/visit note.pdf", &fax),
        ("more/broken.pdf", b"%PDF-1.7\nnothing"),
        ("more/list.docx", b"no document"),
    ];
    let (server, place) = (Server::start(), Place::new());
    server.put("faxes", b"");
    server.put("faxes/evening/other.txt", b"Pain 7/10.");
    for (name, bytes) in files {
        place.write(&format!("in/{name}"), bytes);
        server.put(&format!("faxes/night/{}", name.replace(' ', "%20")), bytes);
    }
    place.run("run in --out folder").expect(3);
    let (code, said) = server.run(&place, "run s3://faxes/night/ --out bucket");
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(timeless(&place, "folder"), timeless(&place, "bucket"));
    assert!(!place.path("bucket/.fetched").exists());
    // One object by its whole name; nothing is fetched for a dry run.
    let (code, said) = server.run(&place, "run s3://faxes/evening/other.txt --out one --dry-run");
    assert_eq!((code, place.path("one").exists()), (Some(0), false), "{said}");
    // A bucket that is not there is said so, and no report is begun.
    let (code, said) = server.run(&place, "run s3://elsewhere/night --out none");
    assert_eq!((code, place.path("none").exists()), (Some(1), false), "{said}");
    assert!(said.contains("s3://elsewhere/night"), "{said}");
}

/// Rows of a manifest name objects as they name files, and both make the same case.
#[test]
fn a_manifest_names_objects() {
    let fax = std::fs::read(project("corpus/faxes/second-test-block/visit.pdf")).unwrap();
    let note: &[u8] = b"PLAN: Request left superior cluneal nerve block, CPT 64450.\n";
    let (server, place) = (Server::start(), Place::new());
    server.put("faxes", b"");
    for (name, bytes) in [("note.txt", note), ("visit.pdf", &fax)] {
        place.write(&format!("in/{name}"), bytes);
        server.put(&format!("faxes/night/{name}"), bytes);
    }
    place.write("in/here.csv", b"case_id,path,cpt\nx,note.txt,64450\nx,visit.pdf,\n");
    let there = "case_id,path,cpt\nx,s3://faxes/night/note.txt; s3://faxes/night/visit.pdf,64450\n";
    place.write("there.csv", there.as_bytes());
    place.run("run --manifest in/here.csv --out here").expect(0);
    let (code, said) = server.run(&place, "run --manifest there.csv --out there");
    assert_eq!(code, Some(0), "{said}");
    let facts = |out: &str| {
        let facts = std::fs::read_to_string(place.path(&format!("{out}/facts.csv"))).unwrap();
        facts.replace("s3://faxes/night/", "")
    };
    assert!(facts("here").lines().count() > 5);
    assert_eq!(facts("here"), facts("there"));
    assert!(!place.path("there/.fetched").exists());
    // An object that is not there is told by its line.
    place.write("none.csv", b"case_id,path\nx,s3://faxes/night/other.pdf\n");
    let (code, said) = server.run(&place, "run --manifest none.csv --out none");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("none.csv: line 2") && said.contains("other.pdf"), "{said}");
}
