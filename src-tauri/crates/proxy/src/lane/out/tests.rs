use std::task::Waker;

use proptest::prelude::*;

use super::*;

/// Takes what it is given a few bytes at a time, and sometimes nothing.
struct Sink {
    taken: Vec<u8>,
    /// How many bytes it takes each time; at zero it lets wait.
    steps: Vec<usize>,
    turn: usize,
}

impl Sink {
    fn new(steps: Vec<usize>) -> Self {
        Self {
            taken: Vec::new(),
            steps,
            turn: 0,
        }
    }

    fn take(&mut self, bytes: &[&[u8]]) -> Poll<io::Result<usize>> {
        let step = self.steps[self.turn % self.steps.len()];
        self.turn += 1;
        let all = bytes.concat();
        let size = step.min(all.len());
        self.taken.extend_from_slice(&all[..size]);
        if size == 0 {
            Poll::Pending
        } else {
            Poll::Ready(Ok(size))
        }
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().take(&[buf])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let bufs: Vec<&[u8]> = bufs.iter().map(|buf| &**buf).collect();
        self.get_mut().take(&bufs)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn write(out: &mut Out, sink: &mut Sink) {
    let mut cx = Context::from_waker(Waker::noop());
    // Nothing here waits for anything: whatever is pending goes on at the next poll.
    while out.poll_write(&mut cx, Pin::new(&mut *sink)).is_pending() {}
}

fn bytes(size: usize, seed: usize) -> Bytes {
    (0..size).map(|at| ((at + seed) % 251) as u8).collect()
}

proptest! {
    #[test]
    fn bytes_leave_in_order_whatever_is_taken_at_once(
        parts in prop::collection::vec((0..20_usize, 0..3 * COPIED, any::<bool>()), 1..12),
        steps in prop::collection::vec(0..3 * COPIED, 1..8),
    ) {
        prop_assume!(steps.iter().any(|step| *step > 0));
        let (mut out, mut sink) = (Out::default(), Sink::new(steps));
        let mut wanted = Vec::new();
        for (seed, (text, data, leaves)) in parts.into_iter().enumerate() {
            out.text().extend_from_slice(&bytes(text, seed));
            out.data(bytes(data, seed));
            wanted.extend_from_slice(&bytes(text, seed));
            wanted.extend_from_slice(&bytes(data, seed));
            // A part of what waits is written, and more comes behind it.
            let mut cx = Context::from_waker(Waker::noop());
            let written = out.poll_write(&mut cx, Pin::new(&mut sink));
            if leaves || !out.has_room() {
                write(&mut out, &mut sink);
            } else if written.is_ready() {
                prop_assert_eq!(&sink.taken, &wanted);
            }
        }
        write(&mut out, &mut sink);
        prop_assert_eq!(sink.taken, wanted);
        prop_assert_eq!(out.held, 0);
    }
}

#[test]
fn no_more_waits_than_there_is_room_for() {
    let large = bytes(COPIED + 1, 0);
    for (part, most) in [
        (large, MAX_PIECES),
        (bytes(COPIED, 0), MAX_TEXT / COPIED),
        (bytes(MAX_HELD, 0), 1),
    ] {
        let mut out = Out::default();
        for count in 0..most {
            assert!(out.has_room(), "{count} of {}", part.len());
            out.data(part.clone());
        }
        assert!(!out.has_room(), "{}", part.len());
        write(&mut out, &mut Sink::new(vec![usize::MAX]));
        assert!(out.has_room());
        // An idle connection keeps no more than a head's room.
        assert!(out.text.capacity() <= KEPT);
    }
}

#[test]
fn writer_that_takes_nothing_any_more_is_an_error() {
    let mut out = Out::default();
    out.data(bytes(1, 0));
    let mut cx = Context::from_waker(Waker::noop());
    let full = &mut [][..];
    let mut writer = io::Cursor::new(full);
    let Poll::Ready(Err(error)) = out.poll_write(&mut cx, Pin::new(&mut writer)) else {
        panic!("not an error");
    };
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
}
