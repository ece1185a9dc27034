//! Changes to a PDF: collected, then written behind the file as it was, or with it anew.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, IncrementalDocument, LoadOptions, Object, ObjectId, Stream};

/// The most bytes that one compressed part of the file may unfold to.
const MAX_UNFOLDED: usize = 256 << 20;

/// Entries of a trailer that an added section repeats.
const TRAILER: [&[u8]; 4] = [b"Root", b"Info", b"ID", b"Prev"];

/// A PDF with changes to be made.
pub struct Edit {
    base: Document,
    /// The file's bytes, where they are to be kept and added to.
    bytes: Option<Vec<u8>>,
    changes: BTreeMap<ObjectId, Object>,
    last: u32,
}

impl Edit {
    /// Opens a PDF that asks for no password; `kept` has its bytes kept as they are where
    /// that can be done.
    pub fn load(bytes: &[u8], kept: bool) -> Result<Self, String> {
        let options =
            LoadOptions { max_decompressed_size: Some(MAX_UNFOLDED), ..LoadOptions::default() };
        let unreadable = |_| "the PDF is damaged; print it to a new PDF first".to_owned();
        let mut base = Document::load_mem_with_options(bytes, options).map_err(unreadable)?;
        if base.is_encrypted() {
            base.decrypt("").map_err(unreadable)?;
        }
        let sound =
            bytes.starts_with(b"%PDF-") && base.xref_start != 0 && base.xref_recovery.is_none();
        let bytes = (kept && sound).then(|| bytes.to_vec());
        Ok(Self::of(base, bytes))
    }

    /// Changes to a new PDF.
    pub fn new(base: Document) -> Self {
        Self::of(base, None)
    }

    fn of(base: Document, bytes: Option<Vec<u8>>) -> Self {
        // Some files have objects beyond what their trailer says.
        let highest = base.objects.keys().map(|id| id.0).max().unwrap_or(0);
        let last = base.max_id.max(highest);
        Self { base, bytes, changes: BTreeMap::new(), last }
    }

    /// The pages in order.
    pub fn page_ids(&self) -> Vec<ObjectId> {
        self.base.page_iter().collect()
    }

    /// A number for an object that is still to be made.
    pub fn reserve(&mut self) -> ObjectId {
        self.last += 1;
        (self.last, 0)
    }

    /// Adds an object.
    pub fn add(&mut self, object: impl Into<Object>) -> ObjectId {
        let id = self.reserve();
        self.set(id, object);
        id
    }

    /// Adds a stream, compressed.
    pub fn add_stream(&mut self, dictionary: Dictionary, content: Vec<u8>) -> ObjectId {
        let mut stream = Stream::new(dictionary, content);
        // Left as it is where it cannot be made smaller.
        let _ = stream.compress();
        self.add(stream)
    }

    /// Puts an object in the place of another.
    pub fn set(&mut self, id: ObjectId, object: impl Into<Object>) {
        self.changes.insert(id, object.into());
    }

    /// An object as it is now.
    pub fn get(&self, id: ObjectId) -> Option<&Object> {
        self.changes.get(&id).or_else(|| self.base.objects.get(&id))
    }

    /// What an object stands for, if it is a reference.
    pub fn resolve<'a>(&'a self, mut object: &'a Object) -> &'a Object {
        for _ in 0..16 {
            match object {
                Object::Reference(id) => object = self.get(*id).unwrap_or(&Object::Null),
                _ => break,
            }
        }
        object
    }

    /// A dictionary's entry as what it stands for; `None` where there is none.
    pub fn entry<'a>(&'a self, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        dictionary.get(key).ok().map(|object| self.resolve(object)).filter(|o| !o.is_null())
    }

    /// A dictionary's entry that is one itself, copied; empty where there is none.
    pub fn dictionary(&self, dictionary: &Dictionary, key: &[u8]) -> Dictionary {
        let entry = self.entry(dictionary, key).and_then(|entry| entry.as_dict().ok());
        entry.cloned().unwrap_or_default()
    }

    /// A page's dictionary, copied.
    pub fn page(&self, id: ObjectId) -> Dictionary {
        self.get(id).and_then(|page| page.as_dict().ok()).cloned().unwrap_or_default()
    }

    /// An entry of a page that it may have from the tree of pages above it.
    pub fn inherited<'a>(&'a self, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        let mut at = page;
        for _ in 0..64 {
            if let Some(entry) = self.entry(at, key) {
                return Some(entry);
            }
            at = self.entry(at, b"Parent")?.as_dict().ok()?;
        }
        None
    }

    /// What a page draws with, copied.
    pub fn resources(&self, page: &Dictionary) -> Dictionary {
        let resources = self.inherited(page, b"Resources").and_then(|entry| entry.as_dict().ok());
        resources.cloned().unwrap_or_default()
    }

    /// The items of an entry that is an array, or the one thing that stands in its place.
    pub fn items(&self, dictionary: &Dictionary, key: &[u8]) -> Vec<Object> {
        match (dictionary.get(key), self.entry(dictionary, key)) {
            (_, Some(Object::Array(items))) => items.clone(),
            (Ok(one), Some(_)) => vec![one.clone()],
            _ => Vec::new(),
        }
    }

    /// Writes the PDF.
    pub fn finish(self) -> Result<Vec<u8>, String> {
        let Self { mut base, bytes, changes, last } = self;
        let mut out = Vec::new();
        let written = match bytes {
            // Nothing is new: the file as it was.
            Some(bytes) if changes.is_empty() => return Ok(bytes),
            Some(bytes) => {
                let mut update = IncrementalDocument::create_from(bytes, base);
                let new = &mut update.new_document;
                let trailer = std::mem::take(&mut new.trailer);
                for (key, value) in trailer.iter().filter(|(key, _)| TRAILER.contains(&&key[..])) {
                    new.trailer.set(key.clone(), value.clone());
                }
                new.objects = changes;
                new.max_id = last;
                update.save_to(&mut out)
            }
            None => {
                base.objects.extend(changes);
                base.max_id = last;
                base.save_to(&mut out)
            }
        };
        written.map_err(|_| "the PDF could not be written".to_owned())?;
        Ok(out)
    }
}
