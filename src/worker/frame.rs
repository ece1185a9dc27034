//! Messages between the processes: a length in four bytes, then postcard.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// No message is longer; a longer one is a sign that the other side is out of its mind.
const LONGEST: usize = 1 << 30;

/// Writes one message.
pub fn write(out: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_allocvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length as usize <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("too long for a message"))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&bytes)?;
    out.flush()
}

/// Reads one message; `None` at the end.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::Error::other("too long for a message"));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}

/// Takes the first message out of what has come so far; `None` while it is not whole.
pub fn take<T: DeserializeOwned>(pending: &mut Vec<u8>) -> io::Result<Option<T>> {
    let Some(length) = pending.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > LONGEST {
        return Err(io::Error::other("too long for a message"));
    }
    if pending.len() < 4 + length {
        return Ok(None);
    }
    let message = postcard::from_bytes(&pending[4..4 + length]).map_err(io::Error::other)?;
    pending.drain(..4 + length);
    Ok(Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_as_they_were_sent() {
        let mut sent = Vec::new();
        write(&mut sent, &(7u32, "seven")).unwrap();
        write(&mut sent, &(8u32, "eight")).unwrap();
        let mut from = sent.as_slice();
        assert_eq!(read(&mut from).unwrap(), Some((7u32, "seven".to_owned())));
        assert_eq!(read(&mut from).unwrap(), Some((8u32, "eight".to_owned())));
        assert_eq!(read::<(u32, String)>(&mut from).unwrap(), None);
    }

    #[test]
    fn a_message_in_pieces_is_taken_when_it_is_whole() {
        let mut sent = Vec::new();
        write(&mut sent, &"a message").unwrap();
        write(&mut sent, &"another").unwrap();
        let mut pending = Vec::new();
        let mut taken: Vec<String> = Vec::new();
        for byte in sent {
            pending.push(byte);
            taken.extend(take(&mut pending).unwrap());
        }
        assert_eq!(taken, ["a message", "another"]);
        assert!(pending.is_empty());
    }

    #[test]
    fn a_mad_length_is_refused() {
        let mut pending = vec![0xFF; 8];
        assert!(take::<String>(&mut pending).is_err());
        assert!(read::<String>(&mut pending.as_slice()).is_err());
    }
}
