//! PDFs put together by hand: scans of sheets, and letters that are drawn.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use crate::type_pixels::Sheet;

/// A note long enough to tell up from down by, with facts in it.
pub const NOTE: [&str; 12] = [
    "HISTORY OF PRESENT ILLNESS: Low back pain for six months, worse on the left side.",
    "The pain is 7/10 on average. It does not radiate below the knee.",
    "MEDICATIONS: Gabapentin 300 mg three times daily. Naproxen 500 mg twice daily.",
    "Physical therapy for eight weeks did not help.",
    "EXAMINATION: Tender over the left sacroiliac joint. FABER test positive on the left.",
    "Straight leg raise negative on both sides. Reflexes are normal in both legs.",
    "IMAGING: MRI of the lumbar spine shows mild degenerative changes at L4-L5.",
    "ASSESSMENT: Chronic low back pain, most likely from the joint.",
    "The patient has tried heat, ice and exercises at home.",
    "PLAN: Left sacroiliac joint injection under fluoroscopy. We spoke about the risks.",
    "Continue gabapentin and stop naproxen after the injection.",
    "Return to the clinic in four weeks.",
];

/// The note in capitals, for the pixel font.
pub const CAPITALS: [&str; 9] = [
    "HISTORY: PAIN FOR SIX MONTHS",
    "GABAPENTIN 300 MG THREE TIMES DAILY",
    "NO RADIATION BELOW THE KNEE",
    "STRAIGHT LEG RAISE NEGATIVE",
    "PALPATION: TENDER OVER THE JOINT",
    "REFLEXES NORMAL IN BOTH LEGS",
    "ASSESSMENT: CHRONIC LOW BACK PAIN",
    "PHYSICAL THERAPY DID NOT HELP",
    "RETURN AFTER THE BLOCK",
];

/// The note, printed in black and white on a letter page at 200 dpi.
pub fn note() -> Sheet {
    let page = bytes(text(&NOTE, Dictionary::new()));
    let page = chartsift::pdf::open(&page).unwrap().reader().rendered(0, 200.0).unwrap().grey();
    let pixels = page.pixels.iter().map(|&shade| if shade < 150 { 0 } else { 255 }).collect();
    Sheet { width: page.width, height: page.height, pixels }
}

/// The sheet as a crooked feed leaves it: lines fall by so many degrees to the right.
pub fn crooked(sheet: &Sheet, degrees: f32) -> Sheet {
    use chartsift::image::{Picture, clean};
    let mut picture = Picture::white(sheet.width, sheet.height, 200.0, 200.0);
    picture.pixels.clone_from(&sheet.pixels);
    let pixels = clean::levelled(&picture, -degrees).pixels;
    Sheet { pixels, ..*sheet }
}

/// A PDF of pages, each of content, resources and further entries.
pub fn pdf(pages: Vec<(Vec<u8>, Dictionary, Dictionary)>, mut document: Document) -> Document {
    let tree = document.new_object_id();
    let mut kids: Vec<Object> = Vec::new();
    for (content, resources, extra) in pages {
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        let mut page = dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
            "MediaBox" => [0, 0, 612, 792].map(Object::from).to_vec(),
        };
        for (key, value) in &extra {
            page.set(key.clone(), value.clone());
        }
        kids.push(document.add_object(page).into());
    }
    let count = kids.len() as i64;
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(tree, pages.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let id = Object::string_literal(*b"0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    document
}

/// A PDF of one page that shows a sheet at this place (left, bottom, width, height), then
/// has more content drawn over it.
pub fn scan(sheet: &Sheet, place: [i64; 4], more: &str, extra: Dictionary) -> Document {
    let mut document = Document::with_version("1.5");
    let image = Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "ColorSpace" => "DeviceGray",
            "Width" => sheet.width as i64, "Height" => sheet.height as i64,
            "BitsPerComponent" => 8,
        },
        sheet.pixels.clone(),
    );
    let image = document.add_object(image);
    let [x, y, width, height] = place;
    // The page's space is left scaled: what is added must not count on it.
    let content = format!("{width} 0 0 {height} {x} {y} cm /Im0 Do\n{more}");
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    };
    let resources = dictionary! {
        "XObject" => dictionary! { "Im0" => image }, "Font" => dictionary! { "F1" => font },
    };
    pdf(vec![(content.into_bytes(), resources, extra)], document)
}

/// A PDF of one page of lines of Helvetica.
pub fn text(lines: &[&str], extra: Dictionary) -> Document {
    let mut operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 11.into()]),
        Operation::new("Td", vec![72.into(), 700.into()]),
    ];
    for line in lines {
        operations.push(Operation::new("Tj", vec![Object::string_literal(*line)]));
        operations.push(Operation::new("Td", vec![0.into(), (-14).into()]));
    }
    operations.push(Operation::new("ET", vec![]));
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    };
    let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
    let content = Content { operations }.encode().unwrap();
    pdf(vec![(content, resources, extra)], Document::with_version("1.5"))
}

/// The dots of a sheet as squares that are filled, each `side` points wide.
pub fn squares(sheet: &Sheet, side: f32) -> String {
    let dot = |i: usize| {
        let (x, y) = (i % sheet.width, sheet.height - 1 - i / sheet.width);
        format!("{} {} {side} {side} re f\n", x as f32 * side, y as f32 * side)
    };
    (0..sheet.pixels.len()).filter(|&i| sheet.pixels[i] < 128).map(dot).collect()
}

/// A PDF of one page that draws this content and nothing else.
pub fn drawn(content: &str) -> Document {
    let page = (content.as_bytes().to_vec(), Dictionary::new(), Dictionary::new());
    pdf(vec![page], Document::with_version("1.5"))
}

/// A PDF whose letters are those of a font that says of none what it stands for.
pub fn meaningless(lines: &[&str]) -> Document {
    let mut document = Document::with_version("1.5");
    let mut letters: Vec<char> = lines.iter().flat_map(|line| line.chars()).collect();
    letters.sort_unstable();
    letters.dedup();
    let mut procedures = Dictionary::new();
    let mut names: Vec<Object> = vec![128.into()];
    for (i, letter) in letters.iter().enumerate() {
        let mut sheet = Sheet::white(5, 7);
        sheet.print(&letter.to_string(), 0, 0, 1);
        let content = format!("6 0 d0\n{}", squares(&sheet, 1.0));
        let content = document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        procedures.set(format!("g{i}"), content);
        names.push(Object::Name(format!("g{i}").into_bytes()));
    }
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type3",
        "FontBBox" => [0, 0, 5, 7].map(Object::from).to_vec(),
        "FontMatrix" => vec![Object::Real(0.14), 0.into(), 0.into(), Object::Real(0.14), 0.into(), 0.into()],
        "CharProcs" => procedures, "FirstChar" => 128,
        "LastChar" => 127 + letters.len() as i64,
        "Widths" => vec![Object::Integer(6); letters.len()],
        "Encoding" => dictionary! { "Type" => "Encoding", "Differences" => names },
        "Resources" => dictionary! {},
    });
    let mut content = String::from("BT /F1 10 Tf 72 700 Td 20 TL\n");
    for line in lines {
        let codes: String = line
            .chars()
            .map(|c| format!("{:02X}", 128 + letters.iter().position(|&l| l == c).unwrap()))
            .collect();
        content.push_str(&format!("<{codes}> Tj T*\n"));
    }
    content.push_str("ET");
    let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
    pdf(vec![(content.into_bytes(), resources, Dictionary::new())], document)
}

/// The file's bytes.
pub fn bytes(mut document: Document) -> Vec<u8> {
    document.compress();
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap();
    out
}
