//! What the answers to one form show of its tenants.

use super::Grade;
use super::answer::Answer;
use super::form::FormKind;
use super::marks::{count, is_common};
use super::plan::{NOBODY, Tenant};

/// The answers to one form, and those to compare them with.
pub(super) struct Scene<'a> {
    pub(super) kind: FormKind,
    pub(super) tenants: Vec<(&'a Tenant, &'a Answer)>,
    /// As a tenant that does not exist.
    pub(super) nobody: Option<&'a Answer>,
    /// As no tenant, at the upstream's own authority.
    pub(super) control: Option<&'a Answer>,
}

/// What one answer shows of its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sight {
    /// The rewrite has the tenant as a segment of its own.
    Segment { path: String },
    /// The rewrite has something of the tenant in it, and not the tenant.
    Misread { path: String },
    /// The tenant is served, one that does not exist is not.
    Known,
    /// The answer names the tenant.
    Named { times: usize },
    /// The rewrite is another for each tenant.
    Apart { path: String },
    /// The title is another for each tenant.
    Titled { title: String },
    /// The dev server refuses the host.
    Blocked,
    /// As anybody gets it.
    Nothing,
}

/// What all of them show together.
pub(super) struct Seen {
    pub(super) grade: Grade,
    pub(super) reason: String,
    pub(super) sights: Vec<Sight>,
}

// === impl Scene ===

impl Scene<'_> {
    /// Weighs the answers.
    pub(super) fn see(&self) -> Seen {
        let sights: Vec<Sight> = (0..self.tenants.len())
            .map(|place| self.sight(place))
            .collect();
        let (grade, reason) = self.weigh(&sights);
        Seen {
            grade,
            reason,
            sights,
        }
    }

    fn sight(&self, place: usize) -> Sight {
        let (tenant, answer) = self.tenants[place];
        if is_blocked(answer) {
            return Sight::Blocked;
        }
        let in_path = self.kind == FormKind::Path;
        let rewritten = answer
            .rewritten()
            .filter(|path| self.is_own_rewrite(place, path));
        if let Some(path) = &rewritten
            && is_segment(path, tenant)
            // A path that has the tenant already shows nothing by having it still.
            && (!in_path || self.nobody_goes_elsewhere(path, tenant))
        {
            return Sight::Segment { path: path.clone() };
        }
        if self.is_known(answer) {
            return Sight::Known;
        }
        let times = self.named(place);
        if times > 0 {
            return Sight::Named { times };
        }
        match rewritten {
            _ if in_path => Sight::Nothing,
            Some(path) if path.to_lowercase().contains(&tenant.upstream_id) => {
                Sight::Misread { path }
            }
            Some(path) if self.tenants.len() > 1 => Sight::Apart { path },
            Some(_) | None => match self.own_title(place) {
                Some(title) => Sight::Titled { title },
                None => Sight::Nothing,
            },
        }
    }

    /// The other answers: of other tenants, of the one that does not exist, of none.
    fn others(&self, place: usize) -> impl Iterator<Item = &Answer> {
        let tenants = self.tenants.iter().enumerate();
        let tenants = tenants
            .filter(move |(other, _)| *other != place)
            .map(|(_, (_, answer))| *answer);
        tenants.chain(self.nobody).chain(self.control)
    }

    fn is_own_rewrite(&self, place: usize, path: &str) -> bool {
        self.others(place)
            .all(|other| other.rewritten().as_deref() != Some(path))
    }

    fn nobody_goes_elsewhere(&self, path: &str, tenant: &Tenant) -> bool {
        let pattern = |path: &str, id: &str| path.replace(id, "{tenant}");
        self.nobody.is_some_and(|nobody| {
            let to = nobody.rewritten().unwrap_or_default();
            pattern(&to, NOBODY) != pattern(path, &tenant.upstream_id)
        })
    }

    /// Whether the tenant is served and one that does not exist is turned away.
    fn is_known(&self, answer: &Answer) -> bool {
        let turned_away = |nobody: &Answer| {
            nobody.is_redirect() || (400..500).contains(&nobody.status) && nobody.status != 429
        };
        answer.is_served() && self.nobody.is_some_and(turned_away)
    }

    /// How often the answer names its tenant, if it does so oftener than any other.
    fn named(&self, place: usize) -> usize {
        let (tenant, answer) = self.tenants[place];
        if answer.status >= 400 && !matches!(answer.status, 401 | 403) {
            return 0;
        }
        let times = count(&answer.words(), tenant);
        let most = self
            .others(place)
            .map(|other| count(&other.words(), tenant))
            .max();
        if times > most.unwrap_or_default() {
            times
        } else {
            0
        }
    }

    fn own_title(&self, place: usize) -> Option<String> {
        let (tenant, answer) = self.tenants[place];
        let title = answer.title().filter(|title| !title.is_empty())?;
        let own = answer.is_served()
            && self.tenants.len() > 1
            && !title.to_lowercase().contains(&tenant.upstream_id)
            && !title.contains(&answer.host)
            && self.others(place).all(|other| other.title() != Some(title));
        own.then(|| title.to_owned())
    }

    fn weigh(&self, sights: &[Sight]) -> (Grade, String) {
        let is_whole = |(sight, (_, answer)): (&Sight, &(&Tenant, &Answer))| {
            matches!(sight, Sight::Segment { .. }) && !is_lost(answer)
        };
        let pairs = || sights.iter().zip(&self.tenants);
        if let Some((Sight::Segment { path }, (_, answer))) = pairs().find(|pair| is_whole(*pair)) {
            let fails = if answer.status >= 500 {
                format!(", and then fails with {}", answer.status)
            } else {
                String::new()
            };
            return (Grade::Right, format!("the app rewrites to {path}{fails}"));
        }
        if let Some((Sight::Segment { path }, (_, answer))) =
            pairs().find(|(sight, _)| matches!(sight, Sight::Segment { .. }))
        {
            let reason = format!(
                "the app rewrites to {path}, and answers {} there",
                answer.status
            );
            return (Grade::Likely, reason);
        }
        let all = |wanted: fn(&Sight) -> bool| sights.iter().all(wanted);
        let any = |wanted: fn(&Sight) -> bool| sights.iter().any(wanted);
        let nobody = self.nobody.map(Answer::told).unwrap_or_default();
        if any(|sight| *sight == Sight::Known) {
            let reason = format!("tenants are served, and one that does not exist gets {nobody}");
            return (Grade::Right, reason);
        }
        let is_named = |sight: &Sight| matches!(sight, Sight::Named { .. });
        if any(is_named) {
            let (tenant, _) = self.tenants[sights.iter().position(is_named).unwrap_or_default()];
            let enough = self.tenants.len() > 1 && all(is_named);
            let common = self
                .tenants
                .iter()
                .all(|(tenant, _)| is_common(&tenant.upstream_id));
            let reason = match (enough, self.tenants.len()) {
                (true, _) => {
                    "each answer names its tenant, and no other does so as often".to_owned()
                }
                (false, 1) => format!(
                    "the answer names {}, and one without it does not",
                    tenant.id
                ),
                (false, _) => format!("only the answer for {} names its tenant", tenant.id),
            };
            return match (enough, common) {
                (true, false) => (Grade::Right, reason),
                (false, true) => (
                    Grade::Wrong,
                    format!("{} is a word of many pages", tenant.id),
                ),
                (true, true) | (false, false) => (Grade::Likely, reason),
            };
        }
        if all(|sight| matches!(sight, Sight::Apart { .. })) {
            return (
                Grade::Likely,
                "the app rewrites to another path for each tenant".to_owned(),
            );
        }
        if all(|sight| matches!(sight, Sight::Titled { .. })) {
            return (
                Grade::Likely,
                "the title is another for each tenant".to_owned(),
            );
        }
        (Grade::Wrong, self.why_not(sights))
    }

    fn why_not(&self, sights: &[Sight]) -> String {
        let Some((_, answer)) = self.tenants.first() else {
            return "nobody was asked as".to_owned();
        };
        for sight in sights {
            match sight {
                Sight::Blocked => return "the dev server refuses this host".to_owned(),
                Sight::Misread { path } => {
                    return format!(
                        "the app took more than the tenant: it rewrites to {path}, and answers {}",
                        answer.told()
                    );
                }
                _ => {}
            }
        }
        if let Some(control) = self.control
            && control.told() == answer.told()
        {
            return format!("answered as if there were no tenant: {}", answer.told());
        }
        format!(
            "every tenant gets the same, also one that does not exist: {}",
            answer.told()
        )
    }
}

/// Whether the tenant was found and then came to nothing.
fn is_lost(answer: &Answer) -> bool {
    let external = answer
        .rewrite
        .as_deref()
        .is_some_and(|told| told.contains("://"));
    answer.status == 404 || answer.status >= 500 && external
}

/// Whether one segment of a path is the tenant: its id, one of its domains, or its id as the first
/// label of a host.
fn is_segment(path: &str, tenant: &Tenant) -> bool {
    path.split('/').any(|segment| {
        let segment = segment.to_lowercase();
        let host = segment.split(':').next().unwrap_or_default();
        let first = host.split_once('.').map(|(first, _)| first);
        segment == tenant.upstream_id
            || tenant.domains.iter().any(|domain| domain == host)
            || first == Some(tenant.upstream_id.as_str())
    })
}

/// Whether a dev server refused the host: Vite, and webpack's.
fn is_blocked(answer: &Answer) -> bool {
    let body = answer.body.trim_start();
    answer.status == 403 && body.starts_with("Blocked request")
        || body.starts_with("Invalid Host header")
}
