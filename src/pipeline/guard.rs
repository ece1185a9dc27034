//! Keeps a panic over one document from stopping the others, and from quoting it.

use std::cell::RefCell;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`guarded`], and where it panicked last.
    static WATCH: RefCell<Watch> = const { RefCell::new(Watch { on: false, place: None }) };
}

struct Watch {
    on: bool,
    place: Option<String>,
}

/// Runs `work`; on a panic, the place in the source where it happened.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !noted(info) {
                outer(info);
            }
        }));
    });
    let outer = WATCH.with_borrow_mut(|watch| std::mem::replace(&mut watch.on, true));
    // What `work` changed is thrown away with it: it only borrows what is shared and whole.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    WATCH.with_borrow_mut(|watch| {
        watch.on = outer;
        let place = watch.place.take();
        result.map_err(|_| place.unwrap_or_else(|| "an unknown place".to_owned()))
    })
}

/// Notes the place, and never the message, where this thread is watched.
fn noted(info: &PanicHookInfo<'_>) -> bool {
    WATCH.with_borrow_mut(|watch| {
        if watch.on {
            watch.place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        }
        watch.on
    })
}

/// From now on a panic anywhere is reported by its place alone.
///
/// For programs, not for libraries or tests: it hides what a panic says.
pub fn withhold_panic_messages() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        // Nothing is left to do where even this cannot be written.
        let _ = writeln!(
            std::io::stderr(),
            "chartsift: internal error at {} (the message is withheld: it could quote a record)",
            place.as_deref().unwrap_or("an unknown place"),
        );
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_yields_its_place_and_not_its_message() {
        let place = guarded(|| -> () { panic!("a patient's words") }).unwrap_err();
        assert!(place.contains("guard.rs:"), "{place}");
        assert!(!place.contains("words"));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
