//! How much of what it freed the process keeps.

/// Has freed memory go back to the system.
///
/// The C library raises what it keeps with the largest block that was freed, up to 64 MiB: after one file of
/// thousands of pages a night's run would go on at that size.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Above this much at the heap's end, in bytes, freed memory goes back.
        const KEPT: libc::c_int = 1 << 20;
        // SAFETY: it sets a number inside the allocator, under the allocator's own lock.
        let set = unsafe { libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT) };
        debug_assert_eq!(set, 1, "the C library knows the setting");
    }
}
