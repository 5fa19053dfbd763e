//! The page read as a browser reads it, up to the place where the tag goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use lol_html::errors::RewritingError;
use lol_html::html_content::{ContentType, DocumentEnd};
use lol_html::send::{Element, HtmlRewriter, Settings};
use lol_html::{MemorySettings, OutputSink, element, end};
use parking_lot::Mutex;

/// What the HTML parser may hold: far more than the longest tag.
const MEMORY: usize = 1024 * 1024;

/// Puts a tag into one page.
pub(super) struct Rewriter {
    // `None` once the tag is in: the rest passes through.
    parsing: Option<Box<Parsing>>,
}

struct Parsing {
    html: HtmlRewriter<'static, Out>,
    out: Out,
    placed: Arc<AtomicBool>,
}

/// What the parser has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Rewriter {
    pub(super) fn new(tag: &str) -> Self {
        Self {
            parsing: Some(Box::new(Parsing::new(tag))),
        }
    }

    /// Takes the page's next bytes, and returns what can go on.
    pub(super) fn push(&mut self, page: Bytes) -> Result<Bytes, RewritingError> {
        let Some(mut parsing) = self.parsing.take() else {
            return Ok(page);
        };
        match parsing.html.write(&page) {
            Ok(()) => {}
            // One tag longer than we care to hold: the page goes on, without our tag.
            Err(RewritingError::MemoryLimitExceeded(_)) => return Ok(parsing.out.take().into()),
            Err(error) => return Err(error),
        }
        if parsing.placed.load(Ordering::Relaxed) {
            // Ending hands back, as it came, the start of any token that this chunk cuts.
            return Ok(parsing.end()?.into());
        }
        let out = parsing.out.take();
        self.parsing = Some(parsing);
        Ok(out.into())
    }

    /// Ends the page, and returns what was held back.
    pub(super) fn end(&mut self) -> Result<Bytes, RewritingError> {
        let parsing = self.parsing.take();
        parsing.map_or(Ok(Bytes::new()), |parsing| Ok(parsing.end()?.into()))
    }
}

impl Parsing {
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
