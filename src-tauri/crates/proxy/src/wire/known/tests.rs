use super::*;

/// Reads these lines as those of one head: which of them were known.
fn read(known: &mut KnownLines, lines: &[Vec<u8>]) -> Vec<bool> {
    known.rewind();
    let read = lines.iter().map(|line| {
        if known.find(line).is_some() {
            return true;
        }
        let size = line.iter().position(|byte| *byte == b':').unwrap();
        let field = Field::of(&line[..line.len() - 2], size);
        known.note(field, 0);
        known.keep(line, field, false);
        false
    });
    read.collect()
}

/// A line of so many bytes.
fn line(name: &str, size: usize) -> Vec<u8> {
    format!("{name}:{}\r\n", "y".repeat(size - name.len() - 3)).into_bytes()
}

/// As many lines of so many bytes, all different.
fn many(count: usize, size: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|at| line(&format!("x-{at}"), size))
        .collect()
}

#[test]
fn line_that_is_too_long_is_not_kept() {
    let mut known = KnownLines::default();
    let lines = [line("a", LONGEST), line("b", LONGEST + 1), line("c", 20)];
    assert_eq!(read(&mut known, &lines), [false; 3]);
    assert_eq!(read(&mut known, &lines), [true, false, true]);
}

#[test]
fn no_more_lines_are_kept_than_a_head_may_have() {
    let mut known = KnownLines::default();
    let lines = many(MAX_FIELDS + 10, 20);
    read(&mut known, &lines);
    assert_eq!(known.lines.len(), MAX_FIELDS);
    let found = read(&mut known, &lines).into_iter().filter(|found| *found);
    assert_eq!(found.count(), MAX_FIELDS);
}

#[test]
fn lines_may_be_left_out_but_not_too_many_in_a_row() {
    for (missing, found) in [(AHEAD - 1, true), (AHEAD, false)] {
        let mut known = KnownLines::default();
        let lines = many(1 + AHEAD + 1, 20);
        read(&mut known, &lines);
        let fewer = [&lines[..1], &lines[1 + missing..]].concat();
        assert_eq!(read(&mut known, &fewer)[1], found, "{missing}");
    }
}

#[test]
fn no_more_memory_is_kept_than_a_head_may_have() {
    let mut known = KnownLines::default();
    // Lines that are skipped stay, so that more come together than one head has.
    for turn in 0..20 {
        let size = 1000 + turn * 150;
        read(&mut known, &many(30 + turn, size));
        read(&mut known, &many(10, 20 + turn));
        let kept: usize = known.lines.iter().map(|line| line.bytes.capacity()).sum();
        assert!(kept <= MAX_HEADERS, "{kept}");
        assert_eq!(kept, known.size);
    }
    assert!(known.size > MAX_HEADERS / 2);
}

#[test]
fn nothing_is_kept_for_a_reader_that_there_is_not() {
    let lines = [line("a", 20), line("b", 30)];
    let mut known = KnownLines::default();
    let readers = |known: &KnownLines| {
        known
            .lines
            .iter()
            .filter(|line| line.read.is_some())
            .count()
    };
    read(&mut known, &lines);
    assert_eq!(known.fields.len(), 0);
    known.attend(true);
    read(&mut known, &lines);
    let head = Bytes::from(lines.concat());
    let mut headers = HeaderMap::new();
    known.append(&head, &mut headers).unwrap();
    assert_eq!((known.fields.len(), readers(&known)), (2, 2));
    known.attend(false);
    assert_eq!((known.fields.len(), readers(&known)), (0, 0));
    // What was judged still is.
    assert_eq!(read(&mut known, &lines), [true, true]);
    assert_eq!(known.fields.len(), 0);
}
