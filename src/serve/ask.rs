//! A request as the pages see it, and what they answer.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::app::App;
use super::door::harden;
use crate::error::Error;
use crate::pipeline::guarded;

/// More than any form holds.
const MOST: usize = 1 << 20;

/// In the browser's own cache for half an hour.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=1800");

/// A request of somebody who was let in.
pub struct Ask {
    /// What the pages are made from.
    pub app: Arc<App>,
    /// Who asks.
    pub reviewer: String,
    /// What the address says after the question mark.
    pub query: Form,
    /// What was filled in.
    pub form: Form,
}

/// Names with values, as sent.
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// Of names with values.
    #[cfg(test)]
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The value of that name without space around it; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// The value of that name as a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }
}

/// What a page answers.
pub enum Answer {
    /// A page.
    Html(String),
    /// A picture.
    Png(Arc<super::picture::Picture>),
    /// Look there.
    See(String),
    /// Something is wrong with what was asked; in words for people.
    Wrong(String),
    /// There is no such thing.
    NotFound,
}

impl Ask {
    /// A page from a template.
    pub fn page(&self, template: &str, mut context: serde_json::Value) -> Answer {
        context["reviewer"] = self.reviewer.as_str().into();
        let made = self
            .app
            .templates
            .get_template(template)
            .and_then(|t| t.render(minijinja::value::Serde(&context)));
        match made {
            Ok(html) => Answer::Html(html),
            Err(error) => {
                // Says which template and line, never what was to be shown.
                let line = error.line().unwrap_or_default();
                Answer::Wrong(format!("internal error in {template}, line {line}"))
            }
        }
    }
}

/// A query string of names and values.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.finish()
}

/// Answers a request, whatever happens, if its sender was let in.
pub async fn answer(
    State(app): State<Arc<App>>,
    request: Request,
    page: fn(&Ask) -> Result<Answer, Error>,
) -> Response {
    let (parts, body) = request.into_parts();
    if !app.door.host(&parts.headers) {
        return plain(StatusCode::MISDIRECTED_REQUEST, "this is not the address that was printed");
    }
    let changes = parts.method != Method::GET && parts.method != Method::HEAD;
    if changes && !app.door.origin(&parts.headers) {
        return plain(StatusCode::FORBIDDEN, "this was not sent by a page of this address");
    }
    let Some(reviewer) = app.door.reviewer(&parts.headers) else {
        return message(
            &app,
            StatusCode::UNAUTHORIZED,
            "Open the address that the program printed. It lets one browser in, once.",
        );
    };
    let Ok(body) = to_bytes(body, MOST).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "too much was sent");
    };
    let query = Form::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let ask = Ask { app: Arc::clone(&app), reviewer, query, form: Form::parse(&body) };
    let answered = tokio::task::spawn_blocking(move || {
        guarded(|| {
            ask.app.refresh()?;
            page(&ask)
        })
    });
    match answered.await {
        Ok(Ok(Ok(answer))) => shown(&app, answer),
        Ok(Ok(Err(error))) => message(&app, StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Ok(Err(place)) => {
            let words = format!("Internal error at {place}. Nothing was changed.");
            message(&app, StatusCode::INTERNAL_SERVER_ERROR, &words)
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the program is ending"),
    }
}

fn shown(app: &App, answer: Answer) -> Response {
    match answer {
        Answer::Html(html) => response(StatusCode::OK, "text/html; charset=utf-8", html.into()),
        Answer::Png(picture) => {
            let mut response = response(
                StatusCode::OK,
                "image/png",
                axum::body::Bytes::from(picture.png.clone()).into(),
            );
            // So that the picture that was fetched ahead is there; the address names the content.
            response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
            response
        }
        Answer::See(place) => {
            let mut response = response(StatusCode::SEE_OTHER, "text/plain", Body::empty());
            if let Ok(place) = HeaderValue::from_str(&place) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            response
        }
        Answer::Wrong(words) => message(app, StatusCode::UNPROCESSABLE_ENTITY, &words),
        Answer::NotFound => message(app, StatusCode::NOT_FOUND, "There is no such page."),
    }
}

/// Takes a token, and lets its bearer in.
pub async fn enter(State(app): State<Arc<App>>, headers: HeaderMap, request: Request) -> Response {
    if !app.door.host(&headers) {
        return plain(StatusCode::MISDIRECTED_REQUEST, "this is not the address that was printed");
    }
    let query = Form::parse(request.uri().query().unwrap_or_default().as_bytes());
    let Some(cookie) = app.door.enter(query.get("token")) else {
        return message(
            &app,
            StatusCode::UNAUTHORIZED,
            "This address was used already. Start the program again for a new one.",
        );
    };
    // No redirect: a strict cookie would not come with one that another site began.
    let words = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>chartsift review</title>\
         <meta http-equiv=\"refresh\" content=\"0;url=/\"><p><a href=\"/\">Go on to the cases</a></p></html>";
    let mut response = response(StatusCode::OK, "text/html; charset=utf-8", words.into());
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// A file that the program carries.
pub async fn file(kind: &'static str, bytes: &'static [u8]) -> Response {
    let mut response = response(StatusCode::OK, kind, bytes.into());
    // The browser asks for the icon again at every fact otherwise.
    if kind.starts_with("image/") {
        response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    }
    response
}

fn message(app: &App, status: StatusCode, words: &str) -> Response {
    let context = serde_json::json!({ "words": words, "status": status.as_u16() });
    let page = app
        .templates
        .get_template("message.html")
        .and_then(|t| t.render(minijinja::value::Serde(&context)));
    response(status, "text/html; charset=utf-8", page.unwrap_or_else(|_| words.to_owned()).into())
}

fn plain(status: StatusCode, words: &'static str) -> Response {
    response(status, "text/plain; charset=utf-8", words.into())
}

fn response(status: StatusCode, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    harden(response.headers_mut());
    response
}
