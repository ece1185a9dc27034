//! The templates of what people read: the assessment, the request for missing documentation, and the
//! sentences of both.

use std::sync::LazyLock;

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;

use super::sentences::Sentences;
use crate::error::Error;

/// Templates, checked.
#[derive(Clone, Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

static EMBEDDED: LazyLock<Templates> = LazyLock::new(|| {
    // The tests hold that the embedded templates parse and render.
    Templates::parse(
        include_str!("../../lexicons/templates/narrative.md.j2"),
        include_str!("../../lexicons/templates/request.md.j2"),
        include_str!("../../lexicons/templates/sentences.md.j2"),
    )
    .unwrap_or_else(|_| Templates { environment: Environment::new() })
});

impl Templates {
    /// The file of the assessment, in the folder of lexicons.
    pub const NARRATIVE: &str = "templates/narrative.md.j2";
    /// The file of the request for missing documentation.
    pub const REQUEST: &str = "templates/request.md.j2";
    /// The file of the sentences of verdicts, a macro each.
    pub const SENTENCES: &str = "templates/sentences.md.j2";

    /// Checks the templates.
    ///
    /// # Errors
    /// [`Error::Lexicon`] where one is no template: its file and line, and what is wrong.
    pub fn parse(narrative: &str, request: &str, sentences: &str) -> Result<Self, Error> {
        let mut environment = Environment::new();
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        let texts =
            [(Self::NARRATIVE, narrative), (Self::REQUEST, request), (Self::SENTENCES, sentences)];
        for (name, text) in texts {
            let added = environment.add_template_owned(name, text.to_owned());
            added.map_err(|error| Error::Lexicon {
                place: format!("lexicons/{name}:{}", error.line().unwrap_or(1)),
                problem: error.detail().unwrap_or("no template").to_owned(),
            })?;
        }
        Ok(Self { environment })
    }

    /// The templates that the program carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The assessment.
    pub(super) fn narrative(&self, view: impl Serialize) -> String {
        self.render(Self::NARRATIVE, view)
    }

    /// The request for missing documentation.
    pub(super) fn request(&self, view: impl Serialize) -> String {
        self.render(Self::REQUEST, view)
    }

    /// The sentences of verdicts.
    pub(super) fn sentences(&self) -> Sentences<'_> {
        let template = self.environment.get_template(Self::SENTENCES);
        Sentences::of(template.and_then(|template| template.render_captured(())).ok())
    }

    /// A template of one's own may ask for what is not there; it then says so in the place of the text.
    fn render(&self, name: &str, view: impl Serialize) -> String {
        let rendered = self.environment.get_template(name).and_then(|t| t.render(Serde(view)));
        rendered.unwrap_or_else(|error| {
            let line = error.line().map(|line| format!(":{line}")).unwrap_or_default();
            format!("The template {name}{line} could not be filled.\n")
        })
    }
}

/// Text that Markdown shows as it is: one line, no markup, no HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_record_are_no_markup() {
        for (text, shown) in [
            ("<script>x</script>", "\\<script\\>x\\</script\\>"),
            ("[a](b) *c*", "\\[a\\](b) \\*c\\*"),
            ("two\nlines", "two lines"),
            ("plain 22 %", "plain 22 %"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    #[test]
    fn a_template_that_is_none_is_refused_with_its_line() {
        let error = Templates::parse("fine", "one\n{% if %}", "").unwrap_err().to_string();
        assert!(error.starts_with("lexicons/templates/request.md.j2:2: "), "{error}");
    }
}
