//! The C functions of Tesseract and Leptonica that reading needs, looked up in their
//! shared libraries when the first page asks for them.
//!
//! Most files are read without OCR: they should not pay for loading Tesseract and the
//! fifty libraries that it brings, nor fail where it is not installed. Leptonica
//! and OpenMP are looked up through Tesseract's own library, which is linked to them:
//! so they are the very ones that Tesseract uses, by whatever name they are installed.
//!
//! The signatures were read from `capi.h` of Tesseract 4.1 and 5.3, `allheaders.h` of
//! Leptonica 1.82 and `omp.h` of GCC 12. No more is used than all versions 4.1 to 5 have.

use std::ffi::{CStr, c_char, c_float, c_int, c_uchar, c_uint};
use std::sync::OnceLock;

use libloading::Library;

use super::OcrError;

/// What Tesseract's library may be called, the likeliest first.
#[cfg(not(target_os = "macos"))]
const NAMES: &[&str] = &[
    "libtesseract.so.5",
    // As Fedora counts.
    "libtesseract.so.5.5",
    "libtesseract.so.5.4",
    "libtesseract.so.4",
    "libtesseract.so",
];

/// What Tesseract's library may be called, the likeliest first.
#[cfg(target_os = "macos")]
const NAMES: &[&str] =
    &["libtesseract.5.dylib", "/opt/homebrew/lib/libtesseract.5.dylib", "libtesseract.dylib"];

/// The major versions of Tesseract whose signatures are those below.
const VERSIONS: &[&str] = &["4.", "5."];

/// `OEM_LSTM_ONLY`: recognition by the neural network, without the older engine.
pub const OEM_LSTM_ONLY: c_uint = 1;

/// `PSM_AUTO`: finds blocks and lines itself, and takes the page for upright.
pub const PSM_AUTO: c_uint = 3;

/// `RIL_TEXTLINE`: steps from line to line.
pub const RIL_TEXTLINE: c_uint = 2;

/// `RIL_WORD`: steps from word to word.
pub const RIL_WORD: c_uint = 3;

/// `RIL_SYMBOL`: steps from sign to sign.
pub const RIL_SYMBOL: c_uint = 4;

/// `L_SEVERITY_NONE`: Leptonica prints no messages.
pub const L_SEVERITY_NONE: c_int = 6;

/// An engine with its settings, its model and its page.
#[repr(C)]
pub struct TessBaseAPI {
    opaque: [u8; 0],
}

/// `ETEXT_DESC`: watches over a recognition, and ends it at a deadline.
#[repr(C)]
pub struct TessMonitor {
    opaque: [u8; 0],
}

/// What was read, and a place in it.
#[repr(C)]
pub struct TessResultIterator {
    opaque: [u8; 0],
}

/// The boxes of what was read: another view of a [`TessResultIterator`].
#[repr(C)]
pub struct TessPageIterator {
    opaque: [u8; 0],
}

/// What a symbol may be, the likeliest first.
#[repr(C)]
pub struct TessChoiceIterator {
    opaque: [u8; 0],
}

/// A Leptonica picture.
#[repr(C)]
pub struct Pix {
    opaque: [u8; 0],
}

/// Declares the table of functions and how it is filled: a function's name is the name
/// of its symbol.
macro_rules! functions {
    ($($name:ident: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions, under their own names. Each pointer is good as long as the
        /// table is, which holds on to the library.
        #[expect(non_snake_case, reason = "the names are those of the C headers")]
        pub struct Api {
            $(pub $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            /// `omp_set_max_active_levels`, where Tesseract was built with OpenMP.
            pub omp_set_max_active_levels: Option<unsafe extern "C" fn(c_int)>,
            _library: Library,
        }

        impl Api {
            /// Looks all functions up; `None` where the library lacks one of them.
            ///
            /// # Safety
            ///
            /// The library is a Tesseract of one of [`VERSIONS`].
            unsafe fn of(library: Library) -> Option<Self> {
                // SAFETY: the library is what the caller vouches for, so that its
                // symbols of these names have these signatures. Pointers that are
                // copied out stay good, for the table keeps the library.
                unsafe {
                    Some(Self {
                        $($name: *library.get(stringify!($name)).ok()?,)*
                        omp_set_max_active_levels: library
                            .get("omp_set_max_active_levels")
                            .map(|symbol| *symbol)
                            .ok(),
                        _library: library,
                    })
                }
            }
        }
    };
}

functions! {
    TessVersion: fn() -> *const c_char;
    TessDeleteText: fn(*const c_char);

    TessBaseAPICreate: fn() -> *mut TessBaseAPI;
    TessBaseAPIDelete: fn(*mut TessBaseAPI);
    TessBaseAPISetVariable: fn(*mut TessBaseAPI, *const c_char, *const c_char) -> c_int;
    // Engine, folder of models (null: the default one), language, kind of engine; 0 is success.
    TessBaseAPIInit2: fn(*mut TessBaseAPI, *const c_char, *const c_char, c_uint) -> c_int;
    TessBaseAPISetPageSegMode: fn(*mut TessBaseAPI, c_uint);
    // Engine, pixels, width, height, bytes a pixel, bytes a row.
    TessBaseAPISetImage: fn(*mut TessBaseAPI, *const c_uchar, c_int, c_int, c_int, c_int);
    TessBaseAPISetSourceResolution: fn(*mut TessBaseAPI, c_int);
    TessBaseAPIRecognize: fn(*mut TessBaseAPI, *mut TessMonitor) -> c_int;
    TessBaseAPIGetIterator: fn(*mut TessBaseAPI) -> *mut TessResultIterator;
    TessBaseAPIClear: fn(*mut TessBaseAPI);
    TessBaseAPIIsValidWord: fn(*mut TessBaseAPI, *const c_char) -> c_int;

    TessResultIteratorDelete: fn(*mut TessResultIterator);
    // Belongs to the iterator that it is a view of.
    TessResultIteratorGetPageIterator: fn(*mut TessResultIterator) -> *mut TessPageIterator;
    TessResultIteratorNext: fn(*mut TessResultIterator, c_uint) -> c_int;
    // Freed by `TessDeleteText`; null where nothing of that level is there.
    TessResultIteratorGetUTF8Text: fn(*const TessResultIterator, c_uint) -> *mut c_char;
    // Percent.
    TessResultIteratorConfidence: fn(*const TessResultIterator, c_uint) -> c_float;
    TessResultIteratorGetChoiceIterator: fn(*const TessResultIterator) -> *mut TessChoiceIterator;
    TessPageIteratorIsAtBeginningOf: fn(*const TessPageIterator, c_uint) -> c_int;
    // Level; left, top, right, bottom.
    TessPageIteratorBoundingBox:
        fn(*const TessPageIterator, c_uint, *mut c_int, *mut c_int, *mut c_int, *mut c_int) -> c_int;
    TessChoiceIteratorDelete: fn(*mut TessChoiceIterator);
    TessChoiceIteratorNext: fn(*mut TessChoiceIterator) -> c_int;
    // Belongs to the iterator.
    TessChoiceIteratorGetUTF8Text: fn(*const TessChoiceIterator) -> *const c_char;
    // Percent.
    TessChoiceIteratorConfidence: fn(*const TessChoiceIterator) -> c_float;

    TessMonitorCreate: fn() -> *mut TessMonitor;
    TessMonitorDelete: fn(*mut TessMonitor);
    TessMonitorSetDeadlineMSecs: fn(*mut TessMonitor, c_int);

    setMsgSeverity: fn(c_int) -> c_int;
    // Width, height, bits a pixel.
    pixCreate: fn(c_int, c_int, c_int) -> *mut Pix;
    pixDestroy: fn(*mut *mut Pix);
    pixGetWpl: fn(*const Pix) -> c_int;
    pixGetData: fn(*mut Pix) -> *mut u32;
    // Picture, score upright, score lying, least number of letters (0: the default),
    // whether to write debugging files; 0 is success.
    pixOrientDetect: fn(*mut Pix, *mut c_float, *mut c_float, c_int, c_int) -> c_int;
}

impl Api {
    /// The first library of these names that can be used.
    fn load(names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| {
            // SAFETY: loading runs the library's own initialisers, as linking to it
            // would; Tesseract's and Leptonica's ask for nothing beforehand.
            let library = unsafe { Library::new(*name) }.ok()?;
            // SAFETY: `TessVersion` has had this signature in every version that has
            // it, and no other library has it.
            let version = unsafe {
                library.get::<unsafe extern "C" fn() -> *const c_char>("TessVersion").ok()?()
            };
            // SAFETY: what it returns is a static string that ends in a zero byte.
            let version = unsafe { CStr::from_ptr(version) }.to_str().ok()?;
            if !VERSIONS.iter().any(|known| version.starts_with(known)) {
                return None;
            }
            // SAFETY: the version was looked at.
            unsafe { Self::of(library) }
        })
    }

    /// The version of the Tesseract library.
    pub fn version(&self) -> String {
        // SAFETY: returns a static string that ends in a zero byte.
        unsafe { CStr::from_ptr((self.TessVersion)()) }.to_string_lossy().into_owned()
    }
}

/// The functions, loaded by the first who asks (about 10 ms) and never unloaded.
pub fn api() -> Result<&'static Api, OcrError> {
    static API: OnceLock<Option<Api>> = OnceLock::new();
    API.get_or_init(|| Api::load(NAMES)).as_ref().ok_or(OcrError::NoEngine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_missing_or_another_is_no_engine() {
        assert!(Api::load(&[]).is_none());
        assert!(Api::load(&["libno-such-engine.so.5", "/no/such/libtesseract.so.5"]).is_none());
        // Is there, and has none of the functions.
        assert!(Api::load(&["libm.so.6"]).is_none());
    }

    #[test]
    fn names_are_tried_until_one_is_there() {
        let names: Vec<&str> = ["libno-such-engine.so.5"].iter().chain(NAMES).copied().collect();
        let found = Api::load(&names).expect("Tesseract is installed");
        assert_eq!(found.version(), api().expect("Tesseract is installed").version());
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[expect(clippy::disallowed_methods, reason = "what is loaded stands in a file")]
    fn openmp_is_found_where_tesseract_was_built_with_it() {
        let api = api().expect("Tesseract is installed");
        let loaded = std::fs::read_to_string("/proc/self/maps").expect("a list of libraries");
        let has_openmp = ["libgomp", "libomp"].iter().any(|name| loaded.contains(name));
        assert_eq!(api.omp_set_max_active_levels.is_some(), has_openmp);
    }
}
