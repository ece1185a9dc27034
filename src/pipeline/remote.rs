//! Documents in object storage: `s3://BUCKET/PREFIX` in place of a folder.
//!
//! What a bucket holds is listed first; the documents are fetched into the report folder
//! when the work begins, read there like any others, and removed when it is done. Names in
//! the bucket never become names of files here.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Plan, Source};
use crate::error::Error;
use crate::report::clear_folder;

/// Where documents lie while they are worked on, in the report folder.
const ROOM: &str = ".fetched";

/// How addresses begin.
const SCHEME: &str = "s3://";

/// Whether an input is the address of something in object storage.
pub fn is_remote(input: &Path) -> bool {
    input.to_str().is_some_and(|input| input.starts_with(SCHEME))
}

/// A bucket and what is named in it: `s3://BUCKET/PREFIX`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    bucket: String,
    prefix: String,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Error::Usage`] where no bucket is named.
    pub fn parse(input: &Path) -> Result<Self, Error> {
        let text = input.to_string_lossy();
        let named = text.strip_prefix(SCHEME).unwrap_or(&text);
        let (bucket, prefix) = named.split_once('/').unwrap_or((named, ""));
        let prefix = prefix.trim_end_matches('/');
        match bucket {
            "" => Err(usage(&text, "name a bucket: s3://BUCKET/PREFIX")),
            bucket => Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() }),
        }
    }

    fn text(&self) -> String {
        format!("{SCHEME}{}/{}", self.bucket, self.prefix)
    }

    /// What lies below it: the path from the prefix on, or the last part of the address
    /// where it names an object.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be listed, [`Error::Usage`] where this program was
    /// built without what it needs for that.
    pub fn list(&self) -> Result<Vec<Object>, Error> {
        backend::list(self)
    }
}

/// Something in a bucket.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    bucket: String,
    key: String,
    /// The path from the address on, parts joined by `/`.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What tells its content from an earlier one under the same key.
    version: String,
}

impl Object {
    /// Its whole address.
    pub fn address(&self) -> String {
        format!("{SCHEME}{}/{}", self.bucket, self.key)
    }

    /// The file in the report folder that it is fetched into: made of a hash, and of the
    /// ending that the name has.
    pub fn place(&self, out: &Path) -> PathBuf {
        let Self { bucket, key, version, .. } = self;
        let hash = blake3::hash(format!("{bucket}\0{key}\0{version}").as_bytes()).to_hex();
        let ending = Path::new(&self.key).extension().unwrap_or_default().to_string_lossy();
        let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).collect();
        out.join(ROOM).join(format!("{:.32}.{ending}", hash.as_str()))
    }
}

/// Fetches the documents of a plan that are not in the report folder yet. One that cannot be
/// fetched is not there, which is told where it is opened.
///
/// # Errors
/// [`Error::Io`] where the report folder cannot be written.
pub fn fetch(plan: &Plan) -> Result<(), Error> {
    let here = |object: &Object, place: &Path| {
        fs::metadata(place).is_ok_and(|metadata| metadata.len() == object.size)
    };
    let wanted: Vec<(&Object, &Path)> = plan
        .sources()
        .filter_map(|Source { remote, path, .. }| Some((remote.as_ref()?, path.as_path())))
        .filter(|(object, place)| !here(object, place))
        .collect();
    let Some(room) = wanted.first().and_then(|(_, place)| place.parent()) else { return Ok(()) };
    fs::create_dir_all(room).map_err(Error::io(room, "cannot create"))?;
    backend::fetch(&wanted)
}

/// Removes what was fetched.
///
/// # Errors
/// [`Error::Io`] where it cannot be removed.
pub fn clear(out: &Path) -> Result<(), Error> {
    clear_folder(&out.join(ROOM))
}

fn usage(place: &str, problem: &str) -> Error {
    Error::Usage { place: place.to_owned(), problem: problem.to_owned() }
}

#[cfg(not(feature = "s3"))]
mod backend {
    use std::path::Path;

    use super::{Address, Error, Object, usage};

    pub fn list(address: &Address) -> Result<Vec<Object>, Error> {
        let problem = "this chartsift was built without object storage; build it with \
                       `--features s3`, or name a folder";
        Err(usage(&address.text(), problem))
    }

    /// Nothing is listed, so nothing is wanted.
    pub fn fetch(_: &[(&Object, &Path)]) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(feature = "s3")]
mod backend {
    use std::collections::BTreeMap;
    use std::fs::{self, File};
    use std::future::Future;
    use std::io::{self, Write};
    use std::path::{Path, PathBuf};

    use futures_util::{StreamExt, TryStreamExt, stream};
    use object_store::aws::{AmazonS3, AmazonS3Builder};
    use object_store::path::Path as Key;
    use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
    use tokio::runtime::Builder;

    use super::{Address, Error, Object};

    /// Documents fetched at a time; it is the network that is waited for.
    const AT_A_TIME: usize = 8;

    /// The bucket, reached as the environment says: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_ENDPOINT_URL` and so on.
    fn open(bucket: &str) -> Result<AmazonS3, Error> {
        // The client takes the process's; where one is set already, it is this.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let built = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
        built.map_err(|error| told(&format!("s3://{bucket}"), "cannot open", &error))
    }

    fn run<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Error::io(Path::new("network"), "cannot start"))?;
        runtime.block_on(work)
    }

    pub fn list(address: &Address) -> Result<Vec<Object>, Error> {
        let Address { bucket, prefix } = address;
        let store = open(bucket)?;
        let failed = |error| told(&address.text(), "cannot list", &error);
        let object = |found: &ObjectMeta, name: &str| Object {
            bucket: bucket.clone(),
            key: found.location.as_ref().to_owned(),
            name: name.to_owned(),
            size: found.size,
            version: found.e_tag.clone().unwrap_or_default(),
        };
        run(async {
            let prefix = Key::parse(prefix).map_err(|error| failed(error.into()))?;
            // A prefix that is an object's whole name is that object.
            if let Some(name) = prefix.filename()
                && let Ok(found) = store.head(&prefix).await
            {
                return Ok(vec![object(&found, name)]);
            }
            let found: Vec<_> = store.list(Some(&prefix)).try_collect().await.map_err(failed)?;
            let below = |key: &Key| -> Option<String> {
                let parts: Vec<String> =
                    key.prefix_match(&prefix)?.map(|part| part.as_ref().to_owned()).collect();
                (!parts.is_empty()).then(|| parts.join("/"))
            };
            let mut objects: Vec<Object> = found
                .iter()
                .filter_map(|found| Some(object(found, &below(&found.location)?)))
                .collect();
            objects.sort();
            Ok(objects)
        })
    }

    pub fn fetch(wanted: &[(&Object, &Path)]) -> Result<(), Error> {
        let mut stores: BTreeMap<&str, AmazonS3> = BTreeMap::new();
        for (object, _) in wanted {
            if !stores.contains_key(object.bucket.as_str()) {
                stores.insert(&object.bucket, open(&object.bucket)?);
            }
        }
        run(async {
            let fetches = wanted.iter().map(|(object, place)| {
                let store = &stores[object.bucket.as_str()];
                fetch_one(store, object, place)
            });
            stream::iter(fetches).buffer_unordered(AT_A_TIME).try_collect::<()>().await
        })
    }

    /// Fetches one, under another name until it is whole. What the bucket does not give is no
    /// error; what cannot be written here is.
    async fn fetch_one(store: &AmazonS3, object: &Object, place: &Path) -> Result<(), Error> {
        let Ok(key) = Key::parse(&object.key) else { return Ok(()) };
        let Ok(found) = store.get(&key).await else { return Ok(()) };
        let partial: PathBuf = place.with_extension("partial");
        let failed = |source: io::Error| Error::io(place, "cannot write")(source);
        let mut file = File::create(&partial).map_err(failed)?;
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.next().await {
            let Ok(piece) = piece else { return fs::remove_file(&partial).map_err(failed) };
            file.write_all(&piece).map_err(failed)?;
        }
        fs::rename(&partial, place).map_err(failed)
    }

    /// What is told of trouble with a bucket.
    fn told(address: &str, action: &'static str, error: &object_store::Error) -> Error {
        Error::io(Path::new(address), action)(io::Error::other(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expect: Option<(&str, &str)>) {
        let address = Address::parse(Path::new(input)).ok();
        let parts = address.as_ref().map(|a| (a.bucket.as_str(), a.prefix.as_str()));
        assert_eq!(parts, expect);
    }

    #[test]
    fn addresses_name_a_bucket() {
        check("s3://faxes/2025/03/", Some(("faxes", "2025/03")));
        check("s3://faxes", Some(("faxes", "")));
        check("s3:///2025", None);
    }

    #[test]
    fn a_key_is_no_path() {
        let object = |key: &str| Object {
            bucket: "faxes".into(),
            key: key.into(),
            name: key.into(),
            size: 0,
            version: String::new(),
        };
        let place = object("../../etc/a.p/df").place(Path::new("out"));
        assert_eq!(place.parent(), Some(Path::new("out/.fetched")));
        let text = object("b/c.TXT").place(Path::new("out"));
        assert_eq!(text.extension().unwrap(), "TXT");
        assert_ne!(place, text);
    }
}
