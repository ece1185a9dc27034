//! Numbers in figures and in words, and the words that they stand among.

/// Lower-case words, numbers (thousands separators taken out) and single signs.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    for (at, &c) in chars.iter().enumerate() {
        let digit_next = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let inside_number = last.is_ascii_digit() && digit_next;
        let joins = (c.is_alphabetic() && last.is_alphabetic())
            || (c.is_ascii_digit() && (last.is_ascii_digit() || last == '.' || last == ','))
            || (c == '.' && inside_number);
        match (joins, tokens.last_mut()) {
            (true, Some(token)) if !token.is_empty() => token.push(c),
            _ if c == ',' && inside_number => {}
            _ if c.is_whitespace() || c == '.' || c == '\'' => {}
            _ => tokens.push(c.to_string()),
        }
        last = if c == '.' && !joins { ' ' } else { c };
    }
    tokens
}

/// A number, a range or number words from `at` on: lower end, upper end, and the token after it.
pub(super) fn amount(tokens: &[String], at: usize) -> Option<(f64, f64, usize)> {
    let (low, mut next) = number(tokens, at)?;
    let mut high = low;
    if tokens.get(next).is_some_and(|t| t == "-" || t == "to" || t == "or")
        && let Some((upper, after)) = number(tokens, next + 1)
        && upper >= low
    {
        (high, next) = (upper, after);
    }
    Some((low, high, next))
}

fn number(tokens: &[String], at: usize) -> Option<(f64, usize)> {
    let word = tokens.get(at)?.as_str();
    let value = match word.parse::<f64>() {
        Ok(value) => value,
        Err(_) => word_number(word)?,
    };
    let after = |n: usize| tokens.get(at + n).map(String::as_str);
    // "twenty-four", "1 1/2", "1-1/2", "1/2", "one and a half", "half an hour"
    if value >= 20.0 && value % 10.0 == 0.0 && word.parse::<f64>().is_err() {
        let skip = usize::from(after(1) == Some("-"));
        if let Some(ones) =
            after(1 + skip).and_then(word_number).filter(|n| (1.0..10.0).contains(n))
        {
            return Some((value + ones, at + 2 + skip));
        }
    }
    let dash = usize::from(after(1) == Some("-"));
    if [after(1 + dash), after(2 + dash), after(3 + dash)] == [Some("1"), Some("/"), Some("2")] {
        return Some((value + 0.5, at + 4 + dash));
    }
    if value == 1.0 && after(1) == Some("/") && after(2) == Some("2") {
        return Some((0.5, at + 3));
    }
    // "two and a half", "two and one-half", "one-and-a-half"
    let dashed = |n: usize| n + usize::from(after(n) == Some("-"));
    let and = dashed(1);
    let one = dashed(and + 1);
    let half = dashed(one + 1);
    if after(and) == Some("and")
        && matches!(after(one), Some("a" | "one"))
        && after(half) == Some("half")
    {
        return Some((value + 0.5, at + half + 1));
    }
    if word == "half" && matches!(after(1), Some("a" | "an")) {
        return Some((0.5, at + 2));
    }
    if word == "a" && matches!(after(1), Some("couple" | "few" | "half")) {
        let (value, next) = number(tokens, at + 1)?;
        return Some((value, next));
    }
    if word == "couple" && after(1) == Some("of") {
        return Some((2.0, at + 2));
    }
    Some((value, at + 1))
}

/// Twenty to ninety-nine in words, for patterns.
pub(crate) const TENS: &str = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?";

/// A number that is spelled out: "sixty", "four hundred", "a hundred and fifty", "twelve hundred", "two and a half".
pub fn spelled(words: &str) -> Option<f64> {
    let (mut thousands, mut value, mut any) = (0.0, 0.0, false);
    let mut words =
        words.split([' ', '-']).filter(|word| !word.is_empty() && *word != "and").peekable();
    while let Some(word) = words.next() {
        match word {
            "hundred" => value = f64::max(value, 1.0) * 100.0,
            "thousand" => {
                thousands += f64::max(value, 1.0) * 1000.0;
                value = 0.0;
            }
            "a" if words.peek() == Some(&"half") => continue,
            "zero" => {}
            _ => value += word_number(word)?,
        }
        any = true;
    }
    any.then_some(thousands + value)
}

fn word_number(word: &str) -> Option<f64> {
    const WORDS: [(&str, f64); 32] = [
        ("a", 1.0),
        ("an", 1.0),
        ("one", 1.0),
        ("half", 0.5),
        ("two", 2.0),
        ("couple", 2.0),
        ("three", 3.0),
        ("few", 3.0),
        ("four", 4.0),
        ("five", 5.0),
        ("six", 6.0),
        ("seven", 7.0),
        ("eight", 8.0),
        ("nine", 9.0),
        ("ten", 10.0),
        ("eleven", 11.0),
        ("twelve", 12.0),
        ("thirteen", 13.0),
        ("fourteen", 14.0),
        ("fifteen", 15.0),
        ("sixteen", 16.0),
        ("seventeen", 17.0),
        ("eighteen", 18.0),
        ("nineteen", 19.0),
        ("twenty", 20.0),
        ("thirty", 30.0),
        ("forty", 40.0),
        ("fifty", 50.0),
        ("sixty", 60.0),
        ("seventy", 70.0),
        ("eighty", 80.0),
        ("ninety", 90.0),
    ];
    WORDS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_that_are_spelled_out() {
        for (text, number) in [
            ("sixty", Some(60.0)),
            ("four hundred", Some(400.0)),
            ("a hundred and fifty", Some(150.0)),
            ("twelve hundred", Some(1200.0)),
            ("one thousand two hundred", Some(1200.0)),
            ("seventy-five", Some(75.0)),
            ("ninety-five", Some(95.0)),
            ("forty two", Some(42.0)),
            ("fifteen", Some(15.0)),
            ("a hundred", Some(100.0)),
            ("zero", Some(0.0)),
            ("ninety degrees", None),
            ("two and a half", Some(2.5)),
            ("and", None),
            ("some", None),
        ] {
            assert_eq!(spelled(text), number, "{text}");
        }
    }
}
