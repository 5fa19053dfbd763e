//! One script tag, put first into a page while it streams.
//!
//! - The page is read as a browser reads it: the tag goes first into `<head>`, or before the first
//!   element of a page that leaves `<head>` out (a browser opens one for it).
//! - Once the tag is in, the rest passes through untouched and unparsed.
//! - A page in a content coding is decoded, and sent on without: over loopback, coding it again
//!   would only cost time.

mod coding;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use lol_html::errors::RewritingError;
use lol_html::html_content::{ContentType, DocumentEnd};
use lol_html::send::{Element, HtmlRewriter, Settings};
use lol_html::{MemorySettings, OutputSink, element, end};
use parking_lot::Mutex;

use crate::body::{Body, BodyError};
use coding::Decoder;
pub(crate) use coding::{Coding, InvalidCoding, codings};

/// How many coded bytes are decoded at a time, which bounds what one chunk can grow to.
const SLICE: usize = 4 * 1024;

/// What the HTML parser may hold: far more than the longest tag.
const MEMORY: usize = 1024 * 1024;

/// A page on its way to the browser, with a tag to put in.
pub(crate) struct Injected {
    inner: Body,
    injector: Option<Injector>,
    // Coded bytes that are still to be decoded.
    coded: Bytes,
    // Trailers wait until what the injector held back has passed.
    trailers: Option<Frame<Bytes>>,
}

/// Puts the tag in, chunk by chunk.
pub(crate) struct Injector {
    decoders: Vec<Decoder>,
    // `None` once the tag is in.
    rewriter: Option<Box<Rewriter>>,
}

struct Rewriter {
    html: HtmlRewriter<'static, Out>,
    out: Out,
    placed: Arc<AtomicBool>,
}

/// What the rewriter has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Injected {
    pub(crate) fn new(inner: Body, injector: Injector) -> Self {
        Self {
            inner,
            injector: Some(injector),
            coded: Bytes::new(),
            trailers: None,
        }
    }
}

impl HttpBody for Injected {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let page = self.get_mut();
        loop {
            let Some(injector) = &mut page.injector else {
                return Poll::Ready(page.trailers.take().map(Ok));
            };
            let out = if page.coded.is_empty() {
                match ready!(Pin::new(&mut page.inner).poll_frame(cx)) {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(bytes) => page.coded = bytes,
                        Err(trailers) => page.trailers = Some(trailers),
                    },
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => {
                        let left = injector.finish();
                        page.injector = None;
                        match left {
                            Ok(left) if left.is_empty() => {}
                            left => return Poll::Ready(Some(left.map(Frame::data))),
                        }
                    }
                }
                continue;
            } else {
                let size = injector.slice().min(page.coded.len());
                injector.push(page.coded.split_to(size))
            };
            match out {
                Ok(out) if out.is_empty() => {}
                out => return Poll::Ready(Some(out.map(Frame::data))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.injector.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

impl Injector {
    /// An injector of `tag` into a page in these codings, in the order they were applied.
    pub(crate) fn new(tag: &str, codings: &[Coding]) -> Result<Self, InvalidCoding> {
        let decoders = codings.iter().rev().map(|coding| Decoder::new(*coding));
        Ok(Self {
            decoders: decoders.collect::<Result<_, _>>()?,
            rewriter: Some(Box::new(Rewriter::new(tag))),
        })
    }

    /// How many bytes to push at once.
    fn slice(&self) -> usize {
        if self.decoders.is_empty() {
            usize::MAX
        } else {
            SLICE
        }
    }

    /// Takes the page's next bytes, and returns what can go on.
    fn push(&mut self, coded: Bytes) -> Result<Bytes, BodyError> {
        let mut bytes = coded;
        for decoder in &mut self.decoders {
            bytes = decoder.decode(&bytes)?.into();
        }
        self.rewrite(bytes)
    }

    /// Ends the page, and returns what was held back.
    fn finish(&mut self) -> Result<Bytes, BodyError> {
        let mut left = Bytes::new();
        for decoder in &mut self.decoders {
            let mut bytes = decoder.decode(&left)?;
            bytes.extend(decoder.finish()?);
            left = bytes.into();
        }
        let mut out = Vec::from(self.rewrite(left)?);
        if let Some(rewriter) = self.rewriter.take() {
            out.extend(rewriter.end()?);
        }
        Ok(out.into())
    }

    fn rewrite(&mut self, page: Bytes) -> Result<Bytes, BodyError> {
        let Some(mut rewriter) = self.rewriter.take() else {
            return Ok(page);
        };
        match rewriter.html.write(&page) {
            Ok(()) => {}
            // One tag longer than we care to hold: the page goes on, without our tag.
            Err(RewritingError::MemoryLimitExceeded(_)) => return Ok(rewriter.out.take().into()),
            Err(error) => return Err(error.into()),
        }
        if rewriter.placed.load(Ordering::Relaxed) {
            // Ending hands back, as it came, the start of any token that this chunk cuts.
            return Ok(rewriter.end()?.into());
        }
        let out = rewriter.out.take();
        self.rewriter = Some(rewriter);
        Ok(out.into())
    }
}

impl Rewriter {
    fn new(tag: &str) -> Self {
        let out = Out::default();
        let placed = Arc::new(AtomicBool::new(false));
        let (first, seen) = (tag.to_owned(), Arc::clone(&placed));
        let on_element = element!("*", move |element: &mut Element<'_, '_>| {
            if seen.load(Ordering::Relaxed) {
                return Ok(());
            }
            match element.tag_name().as_str() {
                "html" => return Ok(()),
                "head" => element.prepend(&first, ContentType::Html),
                _ => element.before(&first, ContentType::Html),
            }
            seen.store(true, Ordering::Relaxed);
            Ok(())
        });
        let (last, seen) = (tag.to_owned(), Arc::clone(&placed));
        let on_end = end!(move |end: &mut DocumentEnd<'_>| {
            if !seen.load(Ordering::Relaxed) {
                end.append(&last, ContentType::Html);
            }
            Ok(())
        });
        let memory = MemorySettings::new()
            .with_preallocated_parsing_buffer_size(0)
            .with_max_allowed_memory_usage(MEMORY)
            .with_graceful_bail_out_on_memory_limit_exceeded(true);
        let settings = Settings::new_send()
            .append_element_content_handler(on_element)
            .append_document_content_handler(on_end)
            .with_memory_settings(memory)
            // A page that only a browser can make sense of passes too.
            .with_strict(false);
        Self {
            html: HtmlRewriter::new(settings, out.clone()),
            out,
            placed,
        }
    }

    fn end(self: Box<Self>) -> Result<Vec<u8>, RewritingError> {
        let Self { html, out, .. } = *self;
        html.end()?;
        Ok(out.take())
    }
}

impl Out {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock())
    }
}

impl OutputSink for Out {
    fn handle_chunk(&mut self, chunk: &[u8]) {
        self.0.lock().extend_from_slice(chunk);
    }
}

#[cfg(test)]
mod tests;
