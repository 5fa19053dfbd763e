//! Reads JSON as RFC 8259 has it and nothing beside it, fast. What it does not understand is for
//! the JSON parser to explain.

use jsonc_parser::common::Range;

use super::{Kind, Tree};

/// Deeper than any workspace, and far from the end of the stack.
const DEEPEST: usize = 64;

/// Octets of text for a value and what is around it, at the least: `"a":1,` are two.
const LEAST: usize = 3;

/// The tree of a text. `None` says nothing about the text: the JSON parser may still take it.
pub(in super::super) fn strict(text: &str) -> Option<Tree<'_>> {
    let mut scan = Scan {
        tree: Tree::new(text),
        at: 0,
    };
    // Room that is not used is not touched, and a list that grows is copied each time. A system
    // that has not so much at once may have it bit by bit.
    let _ = scan.tree.nodes.try_reserve(text.len() / LEAST);
    scan.spaces();
    scan.value(0)?;
    scan.spaces();
    (scan.at == text.len()).then_some(scan.tree)
}

struct Scan<'t> {
    tree: Tree<'t>,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.tree.text.as_bytes().get(self.at).copied()
    }

    fn spaces(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Whether a byte stood there; then it is read.
    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'n' => self.word("null", Kind::Null),
            b't' => self.word("true", Kind::Boolean(true)),
            b'f' => self.word("false", Kind::Boolean(false)),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        let open = self.open(depth)?;
        if !self.take(b']') {
            loop {
                self.value(depth + 1)?;
                self.spaces();
                if self.take(b']') {
                    break;
                }
                self.comma()?;
            }
        }
        self.close(open, Kind::Array(self.tree.next()));
        Some(())
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        let open = self.open(depth)?;
        if !self.take(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return None;
                }
                self.string()?;
                self.spaces();
                if !self.take(b':') {
                    return None;
                }
                self.spaces();
                self.value(depth + 1)?;
                self.spaces();
                if self.take(b'}') {
                    break;
                }
                self.comma()?;
            }
        }
        self.close(open, Kind::Object(self.tree.next()));
        Some(())
    }

    /// Reads an opening bracket. Gives its node's place, for [`Self::close`].
    fn open(&mut self, depth: usize) -> Option<usize> {
        let open = (depth < DEEPEST).then_some(self.tree.nodes.len())?;
        let start = self.at;
        self.at += 1;
        self.push(start, Kind::Null);
        self.spaces();
        Some(open)
    }

    fn close(&mut self, open: usize, kind: Kind) {
        let node = &mut self.tree.nodes[open];
        node.end = super::narrow(self.at);
        node.kind = kind;
    }

    fn comma(&mut self) -> Option<()> {
        let there = self.take(b',');
        self.spaces();
        there.then_some(())
    }

    fn string(&mut self) -> Option<()> {
        let start = self.at;
        let text = self.tree.text;
        let rest = text.as_bytes().get(start + 1..)?;
        let stop = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\'))?;
        self.at = start + 1 + stop + 1;
        if rest[stop] == b'"' {
            self.push(start, Kind::Plain);
            return Some(());
        }
        // The byte behind a backslash ends no string, whatever it is.
        self.at += 1;
        while !self.take(b'"') {
            self.at += if self.peek()? == b'\\' { 2 } else { 1 };
        }
        let value = serde_json::from_str(text.get(start..self.at)?).ok()?;
        let range = Range {
            start,
            end: self.at,
        };
        self.tree.push_decoded(range, value);
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        self.push(start, Kind::Number);
        Some(())
    }

    /// One or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// What follows a word has to end it, and anything that would not is refused there.
    fn word(&mut self, word: &str, kind: Kind) -> Option<()> {
        let rest = self.tree.text.as_bytes().get(self.at..)?;
        let start = rest.starts_with(word.as_bytes()).then_some(self.at)?;
        self.at += word.len();
        self.push(start, kind);
        Some(())
    }

    fn push(&mut self, start: usize, kind: Kind) {
        let end = self.at;
        self.tree.push(Range { start, end }, kind);
    }
}
