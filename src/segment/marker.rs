//! Bullets and numbers that begin the items of a list.

/// The highest number behind a # that numbers an item.
const HIGHEST_NUMBER: usize = 25;

/// Bytes of a bullet or number and the space behind it.
pub(super) fn marker_length(line: &str) -> Option<usize> {
    let body = line.trim_start();
    let indent = line.len() - body.len();
    let mark = match body.chars().next()? {
        c @ ('-' | '*' | '\u{2022}' | '\u{25aa}' | '\u{25cf}' | '\u{2013}' | '\u{b7}') => {
            c.len_utf8()
        }
        c if c.is_ascii_digit() => {
            let digits = body.chars().take_while(char::is_ascii_digit).count();
            (digits <= 2 && body[digits..].starts_with(['.', ')'])).then_some(digits + 1)?
        }
        // "(b) Mild stenosis"; "(x)" and "(l)" are no items.
        '(' => {
            let end = body.find(')').filter(|end| (2..=3).contains(end))?;
            let number = body[1..end].chars().all(|c| c.is_ascii_digit());
            (number || (end == 2 && matches!(body.as_bytes()[1], b'a'..=b'h')))
                .then_some(end + 1)?
        }
        // "> Imaging: normal", but "> 50 % relief" compares.
        '>' => body[1..].trim_start().starts_with(char::is_alphabetic).then_some(1)?,
        // "#2 Lumbar stenosis", but "#60" counts tablets.
        '#' => {
            let digits = body[1..].chars().take_while(char::is_ascii_digit).count();
            let number: usize = body.get(1..=digits)?.parse().ok()?;
            let point = usize::from(body[1 + digits..].starts_with(['.', ')', ':']));
            (1..=HIGHEST_NUMBER).contains(&number).then_some(1 + digits + point)?
        }
        _ => return None,
    };
    let rest = &body[mark..];
    let space = rest.len() - rest.trim_start().len();
    (space > 0 && space < rest.len()).then_some(indent + mark + space)
}
