//! The classes of a pattern, told in ASCII.

/// The pattern's source with ASCII classes.
pub fn ascii(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('b') => out.push_str(r"(?-u:\b)"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('d') => out.push_str("[0-9]"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_ascii_and_escapes_stay() {
        assert_eq!(ascii(r"\b\d+[\w-]\\d\."), r"(?-u:\b)[0-9]+[[0-9A-Za-z_]-]\\d\.");
    }
}
