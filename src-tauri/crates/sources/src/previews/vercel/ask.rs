//! One question to the API, and what its answers mean.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tripledash_core::Timestamp;
use tripledash_core::workspace::VercelSource;
use url::Url;

use super::super::{RateLimit, SourceError};
use super::wire::{Aliases, Deployment, Page, Project, Refusal, line};
use crate::fetch::{Answer, Ask};
use crate::{Clock, Fetcher, Secret};

/// The API, as one token sees it.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) base: Url,
    /// What messages call it.
    pub(super) name: String,
    team: Option<(&'static str, String)>,
    token: Option<Secret>,
    fetcher: Fetcher,
    clock: Clock,
}

/// A page of deployments.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) deployments: Vec<Deployment>,
    /// How many of the page are not understood.
    pub(super) odd: usize,
    /// What `until` must be for the next page.
    pub(super) next: Option<i64>,
}

/// The most that the API gives at once.
const PAGE: &str = "100";

impl Api {
    pub(super) fn new(
        base: Url,
        project: &str,
        team: Option<&str>,
        token: Option<Secret>,
        fetcher: Fetcher,
        clock: Clock,
    ) -> Self {
        let name = match team {
            Some(team) => format!("vercel {team}/{project}"),
            None => format!("vercel {project}"),
        };
        let team = team.map(|team| {
            let key = if team.starts_with("team_") {
                "teamId"
            } else {
                "slug"
            };
            (key, team.to_owned())
        });
        Self {
            base,
            name,
            team,
            token,
            fetcher,
            clock,
        }
    }

    pub(super) async fn project(
        &self,
        project: &str,
        rate: &mut Option<RateLimit>,
    ) -> Result<Project, SourceError> {
        self.get(&["v9", "projects", project], &[], rate).await
    }

    pub(super) async fn deployments(
        &self,
        project: &str,
        until: Option<i64>,
        rate: &mut Option<RateLimit>,
    ) -> Result<Read, SourceError> {
        let until = until.map(|until| until.to_string());
        let mut query = vec![("projectId", project), ("limit", PAGE)];
        query.extend(until.as_deref().map(|until| ("until", until)));
        let page: Page = self.get(&["v6", "deployments"], &query, rate).await?;
        let all = page.deployments.len();
        let deployments: Vec<_> = page
            .deployments
            .into_iter()
            .filter_map(|value| Deployment::deserialize(value).ok())
            .collect();
        Ok(Read {
            odd: all - deployments.len(),
            deployments,
            next: page.pagination.next,
        })
    }

    pub(super) async fn aliases(
        &self,
        id: &str,
        rate: &mut Option<RateLimit>,
    ) -> Result<Vec<String>, SourceError> {
        let aliases: Aliases = self
            .get(&["v2", "deployments", id, "aliases"], &[], rate)
            .await?;
        let lasting = aliases
            .aliases
            .into_iter()
            .filter(|alias| alias.redirect.is_none());
        Ok(lasting.map(|alias| alias.alias).collect())
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        rate: &mut Option<RateLimit>,
    ) -> Result<T, SourceError> {
        let token = self.token.as_ref().ok_or_else(|| SourceError::NoToken {
            source_name: self.name.clone(),
            variable: VercelSource::TOKEN,
        })?;
        let value = token.header("Bearer ").map_err(|_| SourceError::BadToken {
            variable: VercelSource::TOKEN,
        })?;
        let fields = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let team = self.team.iter().map(|(key, team)| (*key, team.as_str()));
        url.query_pairs_mut()
            .extend_pairs(query.iter().copied().chain(team));
        if url.query() == Some("") {
            url.set_query(None);
        }
        let ask = Ask {
            url: &url,
            accept: "application/json",
            fields: &fields,
        };
        let answer = self.fetcher.get(ask).await?;
        *rate = scarcer(*rate, rate_limit(&answer.fields));
        if answer.status != StatusCode::OK {
            return Err(self.refused(&answer, token));
        }
        serde_json::from_slice(&answer.body).map_err(|error| SourceError::NotUnderstood {
            source_name: self.name.clone(),
            // `serde_json` may quote what it found.
            what: line(&token.hide(&error.to_string())),
        })
    }

    fn refused(&self, answer: &Answer, token: &Secret) -> SourceError {
        let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
        let said = refusal.error;
        let source_name = self.name.clone();
        let message = line(&token.hide(&said.message));
        let variable = VercelSource::TOKEN;
        match (answer.status.as_u16(), said.code.as_str()) {
            (429, _) | (_, "rate_limited" | "too_many_requests") => SourceError::RateLimited {
                source_name,
                reset: self.reset(answer, said.limit.and_then(|limit| limit.reset)),
                message,
            },
            (401, _) => SourceError::Unauthorized {
                source_name,
                variable,
                message,
            },
            // What an expired token gets is a 403 with a word in its body.
            (403, _) if said.invalid_token => SourceError::Unauthorized {
                source_name,
                variable,
                message,
            },
            (403, _) => SourceError::Forbidden {
                source_name,
                variable,
                message,
            },
            (404, _) => SourceError::NotFound {
                source_name,
                message,
            },
            (status, _) => SourceError::Refused {
                source_name,
                status,
                message,
            },
        }
    }

    /// When a refused question may be asked again.
    fn reset(&self, answer: &Answer, said: Option<i64>) -> Option<Timestamp> {
        let after = || {
            let seconds: i64 = number(&answer.fields, "retry-after")?;
            let now = (self.clock)();
            Some(Timestamp(
                now.0.saturating_add(seconds.checked_mul(1_000_000)?),
            ))
        };
        rate_limit(&answer.fields)
            .and_then(|rate| rate.reset)
            .or_else(|| said.and_then(moment))
            .or_else(after)
    }
}

fn rate_limit(fields: &HeaderMap) -> Option<RateLimit> {
    Some(RateLimit {
        limit: number(fields, "x-ratelimit-limit"),
        remaining: number(fields, "x-ratelimit-remaining")?,
        reset: number(fields, "x-ratelimit-reset").and_then(moment),
    })
}

fn number<T: std::str::FromStr>(fields: &HeaderMap, name: &str) -> Option<T> {
    fields.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Of seconds since the Unix epoch.
fn moment(seconds: i64) -> Option<Timestamp> {
    seconds.checked_mul(1_000_000).map(Timestamp)
}

/// Limits are of one endpoint each: the one that is nearer counts.
pub(super) fn scarcer(one: Option<RateLimit>, other: Option<RateLimit>) -> Option<RateLimit> {
    match (one, other) {
        (Some(one), Some(other)) if one.remaining <= other.remaining => Some(one),
        (one, other) => other.or(one),
    }
}
