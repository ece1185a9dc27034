//! The reviewers' pages: a fact beside its ink, one key a verdict.
//!
//! Served to whoever holds a token that was printed: on this machine alone, unless the
//! connections are encrypted. Requests are answered on threads that may wait for files; only the
//! connections know the async runtime.

#![expect(clippy::disallowed_methods, reason = "serves a report folder")]

mod act;
mod address;
mod app;
mod ask;
mod cases;
mod door;
mod evaluate;
mod export;
mod facts;
mod fields;
mod https;
mod index;
mod lists;
mod markdown;
mod picture;
mod quality;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use minijinja::Environment;

use crate::error::Error;
use crate::pipeline::Engine;
use crate::store::Store;
use app::App;
use ask::{answer, enter, file};
use door::Door;
pub use export::{Exported, export};
pub use https::Https;

/// What is served, and to whom.
pub struct Served {
    /// The report folder.
    pub out: PathBuf,
    /// Its store.
    pub store: Store,
    /// Lexicons and policies, to decide cases again.
    pub engine: Engine,
    /// Where; loopback addresses alone, unless it is encrypted.
    pub address: SocketAddr,
    /// What encrypts it.
    pub https: Option<Https>,
    /// Who reviews; each comes in by an address of their own.
    pub reviewers: Vec<String>,
    /// What draws the facts that estimates rest on.
    pub seed: u64,
    /// How many of each kind are drawn.
    pub sample: usize,
}

const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("files/layout.html")),
    ("cases.html", include_str!("files/cases.html")),
    ("case.html", include_str!("files/case.html")),
    ("fact.html", include_str!("files/fact.html")),
    ("fields.html", include_str!("files/fields.html")),
    ("page.html", include_str!("files/page.html")),
    ("queues.html", include_str!("files/queues.html")),
    ("queue.html", include_str!("files/queue.html")),
    ("quality.html", include_str!("files/quality.html")),
    ("message.html", include_str!("files/message.html")),
];

/// Serves until the program ends; `ready` is told each reviewer's name and address.
///
/// # Errors
/// [`Error::Usage`] where `out` is no report or records would cross the network in the clear,
/// [`Error::Io`] where the address cannot be used.
pub fn serve(served: Served, ready: impl FnOnce(&[(String, String)])) -> Result<(), Error> {
    let Served { out, store, engine, address, https, reviewers, seed, sample } = served;
    if !address.ip().is_loopback() && https.is_none() {
        return Err(Error::Usage {
            place: format!("--listen {}", address.ip()),
            problem: "records would cross the network in the clear; give --certificate and --key, \
                      or listen on 127.0.0.1 and reach it through a tunnel, as \
                      `ssh -L 8087:127.0.0.1:8087 HOST` makes one"
                .to_owned(),
        });
    }
    let failed =
        |source| Error::Io { path: address.to_string().into(), action: "cannot serve at", source };
    let listener = std::net::TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let local = [address.ip().to_string(), "localhost".to_owned()];
    let names = https.as_ref().map_or(&local[..], Https::names);
    let door = Door::new(names, address.port(), https.is_some());
    let mut addresses = Vec::new();
    for reviewer in reviewers {
        let token = door.token(&reviewer).map_err(|error| failed(std::io::Error::other(error)))?;
        addresses.push((reviewer, format!("{}/enter?token={token}", door.address())));
    }
    let app = App::new(out, (seed, sample), (store, door), engine, templates()?)?;
    let routes = routes(Arc::new(app));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(failed)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        ready(&addresses);
        match https {
            Some(https) => axum::serve(https.connections(listener, address), routes).await,
            None => axum::serve(listener, routes).await,
        }
        .map_err(failed)
    })
}

fn templates() -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    for (name, text) in TEMPLATES {
        templates.add_template(name, text).map_err(|error| Error::Lexicon {
            place: (*name).to_owned(),
            problem: error.to_string(),
        })?;
    }
    Ok(templates)
}

fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/enter", get(enter))
        .route("/app.css", get(|| file("text/css; charset=utf-8", include_bytes!("files/app.css"))))
        .route(
            "/app.js",
            get(|| file("text/javascript; charset=utf-8", include_bytes!("files/app.js"))),
        )
        .route("/favicon.ico", get(|| file("image/svg+xml", include_bytes!("files/icon.svg"))))
        .route("/", get(|state, request| answer(state, request, cases::list)))
        .route("/case", get(|state, request| answer(state, request, cases::one)))
        .route("/fact", get(|state, request| answer(state, request, facts::fact)))
        .route("/page", get(|state, request| answer(state, request, facts::page)))
        .route("/picture", get(|state, request| answer(state, request, facts::picture)))
        .route("/queues", get(|state, request| answer(state, request, lists::queues)))
        .route("/queue", get(|state, request| answer(state, request, lists::queue)))
        .route("/next", get(|state, request| answer(state, request, lists::next)))
        .route("/quality", get(|state, request| answer(state, request, quality::page)))
        .route("/verdict", post(|state, request| answer(state, request, act::verdict)))
        .route("/missed", post(|state, request| answer(state, request, act::missed)))
        .route("/read", post(|state, request| answer(state, request, act::read)))
        .route("/undo", post(|state, request| answer(state, request, act::undo)))
        .route("/comment", post(|state, request| answer(state, request, act::comment)))
        .route("/sign", post(|state, request| answer(state, request, act::sign)))
        .route("/evaluate", post(|state, request| answer(state, request, evaluate::again)))
        .fallback(|state, request| answer(state, request, |_| Ok(ask::Answer::NotFound)))
        .with_state(app)
}
