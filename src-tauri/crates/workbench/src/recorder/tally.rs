//! How often each diagnostic was found.

use std::collections::BTreeMap;

use serde::Serialize;
use tripledash_core::Severity;
use tripledash_core::diagnostics;
use tripledash_core::trace::{Exchange, ExchangeId};

/// One diagnostic and how often it was found since the log was cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticCount {
    /// A stable name, such as `redirect-leaves-tenant`.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: String,
    /// On how many exchanges.
    pub count: u64,
    /// The latest of them.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub last_exchange: ExchangeId,
}

/// Counts by code. Exchanges that leave the log stay counted: the flaw is still there.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<String, DiagnosticCount>,
}

impl Tally {
    /// Counts every finding of an exchange, once per code.
    pub(super) fn count(&mut self, exchange: &Exchange) {
        for (place, finding) in exchange.diagnosis.iter().enumerate() {
            let again = exchange.diagnosis[..place]
                .iter()
                .any(|earlier| earlier.code == finding.code);
            if again {
                continue;
            }
            let count = self
                .counts
                .entry(finding.code.to_string())
                .or_insert_with(|| DiagnosticCount {
                    code: finding.code.to_string(),
                    severity: finding.severity,
                    title: title(&finding.code),
                    count: 0,
                    last_exchange: exchange.id,
                });
            count.severity = count.severity.max(finding.severity);
            count.count += 1;
            count.last_exchange = exchange.id;
        }
    }

    /// The worst first, then the most frequent.
    pub(super) fn counts(&self) -> Vec<DiagnosticCount> {
        let mut counts: Vec<_> = self.counts.values().cloned().collect();
        counts.sort_by(|one, other| {
            (other.severity, other.count, &one.code).cmp(&(one.severity, one.count, &other.code))
        });
        counts
    }
}

fn title(code: &str) -> String {
    diagnostics::ALL
        .iter()
        .find(|(known, _)| *known == code)
        .map_or(code, |(_, title)| title)
        .to_owned()
}
