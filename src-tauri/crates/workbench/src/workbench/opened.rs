//! The workspace that is open: its text, its last good meaning, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tripledash_core::workspace::{
    Access, Certificates, Contributed, Parsed, Problem, Tenancy, parse,
};
use tripledash_core::{Snapshot, Workspace};

use super::reading::read;
use super::versions::Versions;
use crate::document::History;
use crate::environment::KeptValues;
use crate::gather::Looks;
use crate::gather::found::{Detail, found};
use crate::recent::Recents;
use crate::servers::Servers;
use crate::state::{
    self, Origin, OriginKind, OverBudget, TenancyKind, Tenants, Trust, Variable, VariableSource,
    WorkspaceState,
};
use crate::trust::{self, TrustedFolders};
use crate::watch::Watch;
use crate::{FILE, certificates, environment};

/// Where a workspace lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: OriginKind,
    pub(super) folder: PathBuf,
}

impl Place {
    pub(super) fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }
}

/// What is open. It holds values of variables, so it is not shown as it is.
pub(super) struct Opened {
    /// `None` until something is opened or started.
    pub(super) place: Option<Place>,
    /// Whose turn it was when that was asked for.
    pub(super) turn: u64,
    /// As last read or written; `None` while the file cannot be read.
    pub(super) text: Option<String>,
    pub(super) history: History,
    /// The last good one, as the file has it.
    pub(super) workspace: Arc<Workspace>,
    /// The same with what its sources came to: what requests see.
    pub(super) whole: Arc<Workspace>,
    /// Where tenants of that do not fit previews of it.
    over_budget: Arc<OverBudget>,
    /// Since when the requests of its previews are what they are.
    pub(super) versions: Versions,
    /// The looks into its sources.
    pub(super) looks: Looks,
    /// What is known of previews that were found or are held back, by their names.
    pub(super) details: HashMap<String, Detail>,
    /// The dev servers that were started here.
    pub(super) servers: Servers,
    /// The folders whose commands may run.
    pub(super) trusted: TrustedFolders,
    /// What the text was read as; the workspace itself is above.
    pub(super) parsed: Parsed,
    pub(super) dotenv: BTreeMap<String, String>,
    /// The files of certificates that the workspace names, as last read.
    pub(super) certificates: BTreeMap<String, Certificates>,
    pub(super) kept: KeptValues,
    pub(super) unlocked: BTreeSet<String>,
    pub(super) recents: Recents,
    pub(super) watch: Option<Watch>,
    /// Set where changes of the file are not noticed.
    pub(super) unwatched: Option<Problem>,
}

impl Opened {
    pub(super) fn nothing(recents: Recents, trusted: TrustedFolders) -> Self {
        let workspace = Arc::new(Workspace::empty(""));
        Self {
            place: None,
            turn: 0,
            versions: Versions::default(),
            text: None,
            history: History::default(),
            whole: Arc::clone(&workspace),
            workspace,
            over_budget: Arc::default(),
            looks: Looks::default(),
            details: HashMap::new(),
            servers: Servers::default(),
            trusted,
            parsed: unread(Vec::new()),
            dotenv: BTreeMap::new(),
            certificates: BTreeMap::new(),
            kept: KeptValues::default(),
            unlocked: BTreeSet::new(),
            recents,
            watch: None,
            unwatched: None,
        }
    }

    /// Takes a workspace as the last good one.
    pub(super) fn show(&mut self, workspace: Workspace) {
        self.workspace = Arc::new(workspace);
        self.read_certificates();
    }

    /// Takes a text as the file's, and its meaning where it has one.
    pub(super) fn accept(&mut self, text: String, mut parsed: Parsed) {
        let workspace = parsed.workspace.take();
        self.parsed = parsed;
        self.text = Some(text);
        if let Some(workspace) = workspace
            && *self.workspace != workspace
        {
            self.show(workspace);
        }
    }

    /// Puts what the sources came to beside what the file names.
    pub(super) fn compose(&mut self, environment: &BTreeMap<String, String>) {
        let sourced = !self.workspace.sources.is_empty() || self.workspace.tenant_source.is_some();
        let mut whole = if sourced {
            let known = found(&self.workspace, &self.looks, &self.servers, environment);
            let (previews, details): (Vec<_>, Vec<_>) = known.into_iter().unzip();
            let names = self.workspace.names_of(&previews);
            self.details = names
                .into_iter()
                .zip(details)
                .filter_map(|(name, detail)| Some((name?, detail)))
                .collect();
            let tenants = self.looks.tenants().map(|read| Arc::clone(&read.tenants));
            Arc::new(self.workspace.with(&Contributed { tenants, previews }))
        } else {
            self.details.clear();
            Arc::clone(&self.workspace)
        };
        if self.holds_back() {
            for (name, line) in trust::hold_back(&mut whole) {
                self.details.entry(name).or_default().held = Some(line);
            }
        }
        if Arc::ptr_eq(&self.whole, &whole) || *self.whole == *whole {
            return;
        }
        // Unlocked was one upstream, and not whatever takes its name.
        self.unlocked.retain(|name| {
            let before = self.whole.previews.get(name);
            whole.previews.get(name).is_some_and(|now| {
                now.access == Access::ReadOnly
                    && before.is_some_and(|before| before.upstream == now.upstream)
            })
        });
        self.over_budget = Arc::new(OverBudget::of(&whole));
        self.whole = whole;
    }

    /// What the workspace runs, where it runs anything.
    pub(super) fn trust(&self) -> Option<Trust> {
        let place = self.place.as_ref()?;
        self.trusted.of(&place.folder, &self.workspace)
    }

    /// Whether previews that would send the environment to other machines wait for a person's word.
    /// What was made here is nobody else's.
    fn holds_back(&self) -> bool {
        let place = self.place.as_ref();
        place.is_some_and(|place| place.kind == OriginKind::Folder)
            && self.trust().is_some_and(|trust| !trust.trusted)
    }

    /// The file cannot be read: the last good state stays.
    pub(super) fn lose(&mut self, problem: Problem) {
        self.text = None;
        self.parsed = unread(vec![problem]);
    }

    /// Reads the file again. Says whether its text is another than before.
    pub(super) fn read_again(&mut self) -> bool {
        let Some(place) = &self.place else {
            return false;
        };
        self.dotenv = environment::dotenv(&place.folder);
        self.read_certificates();
        let Some(place) = &self.place else {
            return false;
        };
        match read(&place.file()) {
            Ok(text) if self.text.as_ref() == Some(&text) => false,
            Ok(text) => {
                // Somebody else wrote the file: going back would take their work away.
                self.history.clear();
                let parsed = parse(&text, FILE);
                self.accept(text, parsed);
                true
            }
            Err(problem) => {
                let news = self.text.is_some();
                self.lose(*problem);
                news
            }
        }
    }

    /// The values of the variables that the workspace asks for, where they are set.
    pub(super) fn environment(
        &self,
        process: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        self.workspace
            .environment_names()
            .into_iter()
            .filter_map(|name| {
                let value = process
                    .get(&name)
                    .or_else(|| self.dotenv.get(&name))
                    .or_else(|| self.kept.get(&name))?;
                let value = value.clone();
                Some((name, value))
            })
            .collect()
    }

    /// The variables that the workspace asks for, with where each has its value from.
    pub(super) fn variables(&self, process: &BTreeMap<String, String>) -> Vec<Variable> {
        state::variables(&self.workspace, |name| {
            if process.contains_key(name) {
                VariableSource::Environment
            } else if self.dotenv.contains_key(name) {
                VariableSource::Dotenv
            } else if self.kept.get(name).is_some() {
                VariableSource::Keychain
            } else {
                VariableSource::Unset
            }
        })
    }

    /// The variables that the workspace asks for and that neither the process nor `.env.local`
    /// sets.
    pub(super) fn unset_names(&self, process: &BTreeMap<String, String>) -> Vec<String> {
        let mut names: Vec<String> = self.workspace.environment_names().into_iter().collect();
        names.retain(|name| !process.contains_key(name) && !self.dotenv.contains_key(name));
        names
    }

    /// Reads the files of certificates that the workspace names, where their watch says so or it
    /// names others. One that holds what it held before stays the same value.
    pub(super) fn read_certificates(&mut self) {
        let folder = self.place.as_ref().map(|place| &place.folder);
        let mut found = folder
            .map(|folder| certificates::read(folder, &self.workspace))
            .unwrap_or_default();
        for (path, bundle) in &mut found {
            let before = self.certificates.get(path);
            if let Some(same) = before.filter(|before| **before == *bundle) {
                bundle.clone_from(same);
            }
        }
        self.certificates = found;
    }

    /// The files beside the workspace's own that it depends on.
    pub(super) fn certificate_files(&self, place: &Place) -> Vec<PathBuf> {
        certificates::paths(&self.workspace)
            .map(|path| place.folder.join(path))
            .collect()
    }

    /// What the window shows, but for the previews' health and how new it is.
    pub(super) fn state(&self, snapshot: &Snapshot) -> WorkspaceState {
        let shown = |path: &Path| path.display().to_string();
        WorkspaceState {
            generation: snapshot.generation,
            revision: 0,
            name: self.workspace.name.clone(),
            origin: match &self.place {
                Some(place) => Origin {
                    kind: place.kind,
                    folder: shown(&place.folder),
                    file: shown(&place.file()),
                },
                None => Origin {
                    kind: OriginKind::Draft,
                    folder: String::new(),
                    file: String::new(),
                },
            },
            prefix: self.workspace.prefix.clone(),
            tenancy: match self.workspace.tenancy {
                Tenancy::Host => TenancyKind::Host,
                Tenancy::Path => TenancyKind::Path,
            },
            tenant_list: state::tenant_list(&self.workspace, self.looks.tenants.as_ref()),
            sources: state::sources(&self.workspace, &self.looks),
            trust: self.trust(),
            tenants: Tenants::of(Arc::clone(&snapshot.workspace)),
            previews: self.previews(snapshot),
            over_budget: Arc::clone(&self.over_budget),
            pages: state::pages(&self.workspace),
            rules: state::rules(&self.workspace),
            // Whoever knows the process's environment puts them in.
            variables: Vec::new(),
            problems: self
                .parsed
                .problems
                .iter()
                .cloned()
                .chain(self.parsed.unset_variables(&snapshot.environment))
                .chain(self.parsed.unusable_certificates(&snapshot.certificates))
                .chain(self.tenant_problems())
                .chain(self.unwatched.clone())
                .collect(),
            last_edit: self.history.last_edit(),
            base: snapshot.base.authority(),
            recent: self.recents.list(),
        }
    }
}

impl Opened {
    fn previews(&self, snapshot: &Snapshot) -> Vec<state::Preview> {
        let mut previews = state::previews(snapshot);
        state::put_details(&mut previews, &self.details);
        for preview in &mut previews {
            preview.requests_since = self.versions.since(&preview.name);
        }
        previews
    }

    /// What is wrong with tenants that are listed elsewhere, or with what the file says of them.
    fn tenant_problems(&self) -> Vec<Problem> {
        let Some(read) = self.looks.tenants() else {
            return Vec::new();
        };
        let unlisted = self.parsed.unlisted_tenants(&read.tenants);
        read.problems.iter().cloned().chain(unlisted).collect()
    }
}

/// A file of which nothing could be read.
fn unread(problems: Vec<Problem>) -> Parsed {
    Parsed {
        workspace: None,
        problems,
        environment_uses: Vec::new(),
        certificate_uses: Vec::new(),
        tenant_uses: Vec::new(),
        source_uses: Vec::new(),
        preview_places: Vec::new(),
        file: FILE.to_owned(),
    }
}
