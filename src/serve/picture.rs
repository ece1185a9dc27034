//! Pages as pictures, made when they are first asked for and kept while there is room.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::image::Colored;
use crate::pipeline::{self, guarded};
use crate::read::{Reading, view};
use crate::store::{SourceRecord, Store};
use crate::text::Text;

/// Bytes that a page in black and white should not go beyond.
const LIGHT: usize = 100_000;

/// Bytes of pictures that are kept.
const ROOM: usize = 256 << 20;

/// Readings that are kept: those of the documents at hand, and of those fetched ahead.
const READINGS: usize = 16;

/// A page that is seen on the screen, not read by a machine: as fine as a fax.
const DPI: f32 = 200.0;

/// A page's picture.
pub struct Picture {
    /// A PNG file.
    pub png: Vec<u8>,
}

/// What was read of a file, as one text.
pub struct Page {
    /// What was read.
    pub reading: Reading,
    /// Its text.
    pub text: Text,
}

impl Page {
    /// Width and height in points and turn in degrees of a page; `None` for a page of a text file.
    pub fn sheet(&self, page: u32) -> Option<(f32, f32, u16)> {
        let page = self.reading.document.pages.iter().find(|own| own.number == page)?;
        (page.width > 0.0).then_some((page.width, page.height, page.turned))
    }
}

/// Pictures and readings at hand.
#[derive(Default)]
pub struct Pictures {
    pictures: Mutex<Kept<(String, u32), Picture>>,
    readings: Mutex<Kept<String, Page>>,
}

/// Things by name, those asked for last.
struct Kept<K, V> {
    things: HashMap<K, (Arc<V>, usize)>,
    order: VecDeque<K>,
    size: usize,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { things: HashMap::new(), order: VecDeque::new(), size: 0 }
    }
}

impl<K: Clone + Eq + std::hash::Hash, V> Kept<K, V> {
    fn get(&mut self, name: &K) -> Option<Arc<V>> {
        let (thing, _) = self.things.get(name)?;
        self.order.retain(|other| other != name);
        self.order.push_back(name.clone());
        Some(Arc::clone(thing))
    }

    fn keep(&mut self, name: K, thing: &Arc<V>, size: usize, room: usize) {
        if self.things.insert(name.clone(), (Arc::clone(thing), size)).is_none() {
            self.order.push_back(name);
            self.size += size;
        }
        while self.size > room && self.order.len() > 1 {
            if let Some((_, size)) = self.order.pop_front().and_then(|old| self.things.remove(&old))
            {
                self.size -= size;
            }
        }
    }
}

impl Pictures {
    /// What was read of a file.
    pub fn page(&self, store: &Store, source: &SourceRecord) -> Option<Arc<Page>> {
        let name = source.key.content_hash.clone();
        let kept = || self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = kept().get(&name) {
            return Some(page);
        }
        let reading = store.reading_of(source).ok()??;
        let text = guarded(|| Text::from_document(&reading.document)).ok()?;
        let page = Arc::new(Page { reading, text });
        kept().keep(name, &page, 1, READINGS);
        Some(page)
    }

    /// The picture of a page, or why there is none.
    pub fn picture(
        &self,
        store: &Store,
        source: &SourceRecord,
        number: u32,
    ) -> Result<Arc<Picture>, String> {
        let name = (source.key.content_hash.clone(), number);
        let kept = || self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = kept().get(&name) {
            return Ok(picture);
        }
        let turned = self.page(store, source).and_then(|page| page.sheet(number));
        let (_, _, turned) = turned.ok_or("this page has no picture")?;
        let file = pipeline::Source {
            name: source.document.clone(),
            path: source.path.clone(),
            remote: None,
        };
        let drawn = pipeline::with_bytes(&file, |bytes| {
            if blake3::hash(bytes).to_hex().as_str() != source.key.content_hash {
                return Err("the file changed since it was read; run again".to_owned());
            }
            let view = |dpi| {
                let view = view::page(bytes, Some(&source.document), number, turned, dpi);
                view.map_err(|error| error.to_string())
            };
            let own = view(None)?;
            let png = own.png();
            if png.len() <= LIGHT {
                return Ok(png);
            }
            let finer = own.picture.dpi > 1.3 * DPI;
            Ok(light(if finer { view(Some(DPI))?.picture } else { own.picture }))
        });
        let png = drawn.map_err(|problem| problem.problem)??;
        let size = png.len();
        let picture = Arc::new(Picture { png });
        kept().keep(name, &picture, size, ROOM);
        Ok(picture)
    }
}

/// A picture as a PNG file, in black and white if it nearly is: fax lines that were made square
/// have a few greys between, which weigh more than all the rest.
fn light(mut picture: Colored) -> Vec<u8> {
    let pixels = picture.pixels.chunks_exact(3);
    let pure = pixels.filter(|p| matches!(p, [0, 0, 0] | [255, 255, 255])).count();
    if pure * 100 >= picture.width * picture.height * 85 {
        for shade in &mut picture.pixels {
            *shade = if *shade < 128 { 0 } else { 255 };
        }
    }
    picture.png()
}
