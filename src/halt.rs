//! Ends work that takes too long, from wherever in it that shows.
//!
//! Whoever starts the work says when it is over ([`until`]); what goes on for long asks now and then
//! ([`look`]). The work ends by unwinding, since nothing that it has made so far is of use.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

/// How many looks go by unasked: a look is a step of some tens of nanoseconds up to some microseconds.
const UNASKED: u32 = 63;

/// Says whether the work is over.
type Over = Box<dyn Fn() -> bool>;

thread_local! {
    /// Looks left before the next question; without an end there is none.
    static LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
    /// The end of the work that this thread does.
    static OVER: RefCell<Option<Over>> = const { RefCell::new(None) };
}

/// Work was ended before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halted;

/// Sets the end of what is around some work again, however the work ends.
struct Around {
    left: u32,
    over: Option<Over>,
}

impl Drop for Around {
    fn drop(&mut self) {
        LEFT.set(self.left);
        OVER.set(self.over.take());
    }
}

/// Does work on this thread that ends early where `over` says so. Work inside work has its own end alone.
///
/// What the work changes outside itself may be left half done when it is ended.
///
/// # Errors
/// [`Halted`] where it was ended.
pub fn until<T>(over: impl Fn() -> bool + 'static, work: impl FnOnce() -> T) -> Result<T, Halted> {
    let around = Around { left: LEFT.replace(0), over: OVER.replace(Some(Box::new(over))) };
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    drop(around);
    done.map_err(|payload| match payload.downcast::<Halted>() {
        Ok(halted) => *halted,
        // A panic of its own goes on.
        Err(panic) => panic::resume_unwind(panic),
    })
}

/// Ends the work that this thread does where it is over. For whatever may go on for long; it costs next
/// to nothing.
#[inline]
pub fn look() {
    match LEFT.get() {
        0 => ask(),
        left => LEFT.set(left - 1),
    }
}

#[cold]
fn ask() {
    let over = OVER.with_borrow(|over| over.as_ref().map(|over| over()));
    LEFT.set(if over.is_some() { UNASKED } else { u32::MAX });
    if over == Some(true) {
        // No panic: nothing is wrong, and no hook has to be told.
        panic::resume_unwind(Box::new(Halted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(count: u32) -> u32 {
        (0..count).inspect(|_| look()).count() as u32
    }

    #[test]
    fn work_ends_where_it_is_over_and_else_goes_on() {
        assert_eq!(until(|| true, || looks(1)), Err(Halted));
        assert_eq!(until(|| false, || looks(1000)), Ok(1000));
        let asked = Cell::new(0).into();
        let asked: std::rc::Rc<Cell<u32>> = asked;
        let own = asked.clone();
        let over = move || {
            own.set(own.get() + 1);
            own.get() == 3
        };
        let done = Cell::new(0);
        let work = || {
            (0..1000).for_each(|at| {
                look();
                done.set(at);
            })
        };
        assert_eq!(until(over, work), Err(Halted));
        assert_eq!((asked.get(), done.get()), (3, 2 * (UNASKED + 1) - 1));
        // Without an end nothing ends.
        assert_eq!(looks(1000), 1000);
    }

    #[test]
    fn work_inside_work_has_its_own_end() {
        let inner = || until(|| true, || looks(1));
        assert_eq!(until(|| false, || (inner(), looks(1000))), Ok((Err(Halted), 1000)));
        let outer = until(|| true, || until(|| false, || looks(1000)).map(|done| done + looks(1)));
        assert_eq!(outer, Err(Halted));
    }

    #[test]
    fn a_panic_goes_on() {
        let panics = || until(|| false, || panic!("of its own"));
        let payload = panic::catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"of its own"));
        assert_eq!(looks(1000), 1000);
    }
}
