//! Addresses of the pages.

use super::ask::query;
use super::index::Index;

/// A case.
pub fn case(id: &str) -> String {
    format!("/case?{}", query(&[("id", id)]))
}

/// A fact beside its ink, by its place; shown by a queue where one is named.
pub fn fact(index: &Index, at: u32, queue: &str) -> String {
    let item = &index.items[at as usize];
    format!("/fact?{}", query(&[("id", &item.id), ("queue", queue)]))
}

/// A page as a whole.
pub fn page(file: usize, page: u32, queue: &str) -> String {
    format!(
        "/page?{}",
        query(&[("file", &file.to_string()), ("page", &page.to_string()), ("queue", queue)])
    )
}

/// The picture of a page; it changes with the file.
pub fn picture(index: &Index, file: usize, page: u32) -> String {
    let content = index.files.get(file).map_or("", |file| file.content());
    let mark: String = content.chars().take(12).collect();
    format!(
        "/picture?{}",
        query(&[("file", &file.to_string()), ("page", &page.to_string()), ("of", &mark)])
    )
}

/// A queue by its name, from its first fact.
pub fn queue(name: &str) -> String {
    queue_from(name, 0)
}

/// A queue by its name, from so many facts on.
pub fn queue_from(name: &str, from: usize) -> String {
    let from = if from > 0 { from.to_string() } else { String::new() };
    format!("/queue?{}", query(&[("name", name), ("from", &from)]))
}

/// The next fact of a queue of which something is left to say.
pub fn next(queue: &str) -> String {
    format!("/next?{}", query(&[("queue", queue)]))
}
