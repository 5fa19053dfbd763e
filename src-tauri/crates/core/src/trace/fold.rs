//! From the proxy's three events to one exchange.

use super::{
    Answered, Comparison, Exchange, Finished, HeaderLines, Resolution, Started, State, Timings,
};
use crate::compare::{self, Reason};
use crate::edit::{Edit, Edits};

/// Response headers that tell a cache's verdict, the nearest cache first.
const CACHE_HEADERS: [&str; 4] = [
    "x-vercel-cache",
    "x-nextjs-cache",
    "cf-cache-status",
    "x-cache",
];

/// The whole URL of a path of an origin. `*` stands for the origin alone (RFC 9110 section 7.1).
pub(crate) fn url(origin: &str, path: &str) -> String {
    match path {
        "*" => origin.to_owned(),
        _ => format!("{origin}{path}"),
    }
}

impl Started {
    /// The whole URL as asked.
    pub fn url(&self) -> String {
        url(&self.origin, &self.path)
    }
}

impl Exchange {
    /// Begins an exchange.
    pub fn start(started: Started) -> Self {
        Self {
            id: started.id,
            started_at: started.at,
            kind: started.kind,
            method: started.method,
            origin: started.origin,
            path: started.path,
            resolution: started.resolution,
            rules: started.rules,
            predicted: started.predicted,
            actual: None,
            comparison: Comparison::Unknown,
            comparison_reason: Reason::NoAnswerYet,
            upstream: started.upstream,
            address: None,
            timings: Timings::default(),
            request_edits: started.edits,
            response_edits: Edits::default(),
            request_headers: started.request_headers,
            response_headers: HeaderLines::default(),
            status: None,
            request_bytes: 0,
            response_bytes: 0,
            cache: None,
            failure: None,
            diagnosis: Vec::new(),
            state: State::Open,
            from_upstream: false,
        }
    }

    /// Adds the response head, and compares the app's rewrite with the predicted one.
    pub fn answer(&mut self, answered: Answered) {
        self.status = Some(answered.status);
        self.from_upstream = answered.from_upstream;
        self.actual = answered.actual;
        self.address = answered.address;
        self.timings = answered.timings;
        self.response_edits = answered.edits;
        self.response_headers = answered.response_headers;
        self.cache = CACHE_HEADERS
            .iter()
            .find_map(|name| self.response_header(name).map(str::to_owned));
        if answered.failure.is_some() {
            self.failure = answered.failure;
            self.state = State::Failed;
        }
        (self.comparison, self.comparison_reason) = compare::compare(self);
    }

    /// Ends the exchange.
    pub fn finish(&mut self, finished: Finished) {
        self.timings.total_us = Some(finished.total_us);
        self.request_bytes = finished.request_bytes;
        self.response_bytes = finished.response_bytes;
        if finished.failure.is_some() {
            self.failure = finished.failure;
        }
        self.state = if self.failure.is_some() {
            State::Failed
        } else {
            State::Done
        };
        if self.status.is_none() {
            self.comparison_reason = Reason::NoAnswer;
        }
    }

    /// The whole URL as asked.
    pub fn url(&self) -> String {
        url(&self.origin, &self.path)
    }

    /// Every change to either message, in the order made.
    pub fn edits(&self) -> impl DoubleEndedIterator<Item = &Edit> {
        self.request_edits.iter().chain(self.response_edits.iter())
    }

    /// The tenant named by the host.
    pub fn tenant(&self) -> Option<&str> {
        match &*self.resolution {
            Resolution::Preview { tenant, .. } => tenant.as_deref(),
            Resolution::Workbench | Resolution::Unknown { .. } => None,
        }
    }

    /// The preview named by the host.
    pub fn preview(&self) -> Option<&str> {
        match &*self.resolution {
            Resolution::Preview { preview, .. } => Some(preview),
            Resolution::Workbench | Resolution::Unknown { .. } => None,
        }
    }

    /// The session named by the host.
    pub fn session(&self) -> Option<&str> {
        match &*self.resolution {
            Resolution::Preview { session, .. } => session.as_deref(),
            Resolution::Workbench | Resolution::Unknown { .. } => None,
        }
    }

    /// The first value of a response header as got from the upstream.
    pub fn response_header(&self, name: &str) -> Option<&str> {
        self.response_headers.get(name)
    }

    /// The first value of a request header as sent upstream.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        self.request_headers.get(name)
    }
}
