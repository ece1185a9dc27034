//! The assessments' Markdown as blocks for a template, which escapes them: headings, list
//! items and paragraphs, each of runs of plain, strong and code text.

use serde_json::{Value, json};

/// The blocks of a text in order.
pub fn blocks(text: &str) -> Vec<Value> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            open = false;
            continue;
        }
        let heading = line.chars().take_while(|c| *c == '#').count();
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match (heading, item) {
            (1..=6, _) if line[heading..].starts_with(' ') => {
                blocks.push((format!("h{}", (heading + 2).min(6)), line[heading + 1..].to_owned()));
                open = false;
            }
            (_, Some(item)) => {
                blocks.push(("item".to_owned(), item.to_owned()));
                open = true;
            }
            _ => match blocks.last_mut().filter(|_| open) {
                Some((_, text)) => {
                    text.push(' ');
                    text.push_str(line.trim_start());
                }
                None => {
                    blocks.push(("text".to_owned(), line.to_owned()));
                    open = true;
                }
            },
        }
    }
    blocks.into_iter().map(|(kind, text)| json!({ "kind": kind, "runs": runs(&text) })).collect()
}

/// Runs of text: `**strong**`, `` `code` ``, and a backslash before what stands for itself.
fn runs(text: &str) -> Vec<Value> {
    let mut runs: Vec<(&str, String)> = vec![("plain", String::new())];
    let mut chars = text.chars().peekable();
    let mut kind = "plain";
    while let Some(c) = chars.next() {
        let turned = match c {
            '\\' if kind != "code" && chars.peek().is_some_and(char::is_ascii_punctuation) => {
                let own = chars.next().unwrap_or(c);
                runs.last_mut().into_iter().for_each(|(_, run)| run.push(own));
                continue;
            }
            '`' if kind == "code" => "plain",
            '`' => "code",
            '*' if kind != "code" && chars.peek() == Some(&'*') => {
                chars.next();
                if kind == "strong" { "plain" } else { "strong" }
            }
            _ => {
                runs.last_mut().into_iter().for_each(|(_, run)| run.push(c));
                continue;
            }
        };
        kind = turned;
        runs.push((kind, String::new()));
    }
    let told = runs.into_iter().filter(|(_, run)| !run.is_empty());
    told.map(|(kind, text)| json!({ "kind": kind, "text": text })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_told_apart() {
        let told = blocks("# Head\n\nPlain **strong** `code*` \\[x\\]\ngoes on.\n\n- one\n- two\n");
        let kinds: Vec<&str> = told.iter().filter_map(|block| block["kind"].as_str()).collect();
        assert_eq!(kinds, ["h3", "text", "item", "item"]);
        let runs = told[1]["runs"].as_array().unwrap();
        let said: Vec<(&str, &str)> = runs
            .iter()
            .map(|run| (run["kind"].as_str().unwrap(), run["text"].as_str().unwrap()))
            .collect();
        let expect = [("plain", "Plain "), ("strong", "strong"), ("plain", " "), ("code", "code*")];
        assert_eq!(said[..4], expect);
        assert_eq!(said[4], ("plain", " [x] goes on."));
    }
}
