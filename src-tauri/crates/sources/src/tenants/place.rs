//! Where something stands in a text.

/// Lines of a text, found when first asked: most texts have no problem to place.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: std::cell::OnceCell<Vec<usize>>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            starts: std::cell::OnceCell::new(),
        }
    }

    /// Line and column, from 1, the column in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let starts = self.starts.get_or_init(|| {
            let behind = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1);
            std::iter::once(0).chain(behind).collect()
        });
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts[line - 1];
        let before = self.text.get(start..offset);
        (line, before.map_or(1, |before| before.chars().count() + 1))
    }

    /// The offset of a line and a column in octets, both from 1, as `serde_json` counts them.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let _ = self.position(0);
        let starts = self.starts.get().map_or(&[] as &[usize], Vec::as_slice);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let mut at = (start + column.saturating_sub(1)).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
