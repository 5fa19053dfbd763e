//! One concrete body for every message, so that no generic parameter leaks into the rest.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;

use crate::inject::Injected;
use crate::measure::{Measured, Upload};

/// Why a body broke off.
pub type BodyError = Box<dyn Error + Send + Sync>;

/// A message body that streams.
#[derive(Default)]
pub struct Body(Inner);

#[derive(Default)]
enum Inner {
    #[default]
    Empty,
    Full(Bytes),
    Upload(Upload),
    Injected(Box<Injected>),
    Measured(Box<Measured>),
    Boxed(UnsyncBoxBody<Bytes, BodyError>),
}

/// A request's body as it came from the browser.
#[derive(Debug)]
pub(crate) enum Received {
    /// There is none.
    Empty,
    Hyper(Incoming),
}

impl Body {
    /// A body of no bytes.
    pub fn empty() -> Self {
        Self(Inner::Empty)
    }

    /// Any other streaming body, such as that of the workbench's own router.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self(Inner::Boxed(body.map_err(Into::into).boxed_unsync()))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let body = self.get_mut();
        match &mut body.0 {
            Inner::Empty => Poll::Ready(None),
            Inner::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                body.0 = Inner::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Inner::Upload(upload) => Pin::new(upload).poll_frame(cx),
            Inner::Injected(injected) => Pin::new(injected.as_mut()).poll_frame(cx),
            Inner::Measured(measured) => Pin::new(measured.as_mut()).poll_frame(cx),
            Inner::Boxed(boxed) => Pin::new(boxed).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Empty => true,
            Inner::Full(bytes) => bytes.is_empty(),
            Inner::Upload(upload) => upload.is_end_stream(),
            Inner::Injected(injected) => injected.is_end_stream(),
            Inner::Measured(measured) => measured.is_end_stream(),
            Inner::Boxed(boxed) => boxed.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Empty => SizeHint::with_exact(0),
            Inner::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Upload(upload) => upload.size_hint(),
            Inner::Injected(injected) => injected.size_hint(),
            Inner::Measured(measured) => measured.size_hint(),
            Inner::Boxed(boxed) => boxed.size_hint(),
        }
    }
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Hyper(incoming) => Pin::new(incoming).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Hyper(incoming) => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Hyper(incoming) => incoming.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Inner::Empty => "Empty",
            Inner::Full(_) => "Full",
            Inner::Upload(_) => "Upload",
            Inner::Injected(_) => "Injected",
            Inner::Measured(_) => "Measured",
            Inner::Boxed(_) => "Boxed",
        };
        f.debug_tuple("Body").field(&kind).finish()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Full(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::from(Bytes::from_static(text.as_bytes()))
    }
}

impl From<Upload> for Body {
    fn from(upload: Upload) -> Self {
        Self(Inner::Upload(upload))
    }
}

impl From<Injected> for Body {
    fn from(injected: Injected) -> Self {
        Self(Inner::Injected(Box::new(injected)))
    }
}

impl From<Measured> for Body {
    fn from(measured: Measured) -> Self {
        Self(Inner::Measured(Box::new(measured)))
    }
}
