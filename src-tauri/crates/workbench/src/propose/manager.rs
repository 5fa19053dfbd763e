//! How packages are installed, and scripts run.

use super::script::Script;

/// What installs packages and runs scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says it")]
pub enum PackageManager {
    Npm,
    Pnpm,
    /// Yarn 1.
    YarnClassic,
    /// Yarn 2 and later.
    Yarn,
    Bun,
}

/// The file that says which manager it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Which.
    pub manager: PackageManager,
    /// The file's name; empty where `packageManager` of `package.json` alone says it.
    pub file: String,
    /// How many folders above the one looked at it is.
    pub up: usize,
}

/// A command line, and why it is that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) line: String,
    pub(super) why: String,
}

// === impl PackageManager ===

impl PackageManager {
    /// The manager of a lock file. `modern` says that Yarn is 2 or later.
    pub(super) fn of_lock(file: &str, modern: bool) -> Option<Self> {
        Some(match file {
            "package-lock.json" | "npm-shrinkwrap.json" => Self::Npm,
            "pnpm-lock.yaml" => Self::Pnpm,
            "yarn.lock" if modern => Self::Yarn,
            "yarn.lock" => Self::YarnClassic,
            "bun.lock" | "bun.lockb" => Self::Bun,
            _ => return None,
        })
    }

    /// The manager that `packageManager` names: `pnpm@9.1.0`.
    pub(super) fn of_field(field: &str) -> Option<Self> {
        let (name, version) = field.split_once('@').unwrap_or((field, ""));
        Some(match name {
            "npm" => Self::Npm,
            "pnpm" => Self::Pnpm,
            "yarn" if version.starts_with("1.") || version == "1" => Self::YarnClassic,
            "yarn" => Self::Yarn,
            "bun" => Self::Bun,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::YarnClassic | Self::Yarn => "yarn",
            Self::Bun => "bun",
        }
    }

    /// Runs it in a folder below the one where the command runs.
    fn within(self, folder: &str) -> String {
        let name = self.name();
        let folder = quoted(folder);
        match (self, folder.as_str()) {
            (_, "") => name.to_owned(),
            (Self::Npm, folder) => format!("{name} --prefix {folder}"),
            (Self::Pnpm, folder) => format!("{name} --dir {folder}"),
            (Self::YarnClassic | Self::Yarn | Self::Bun, folder) => {
                format!("{name} --cwd {folder}")
            }
        }
    }

    /// Installs exactly what the lock file says. `inside` is the folder looked at, from the top of
    /// the repository.
    pub(super) fn setup(self, lock: Option<&Lock>, inside: &str) -> Line {
        let file = lock
            .map(|lock| lock.file.as_str())
            .filter(|file| !file.is_empty());
        let up = lock.map_or(0, |lock| lock.up);
        let segments: Vec<&str> = inside
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let place = segments[..segments.len().saturating_sub(up)].join("/");
        let it = self.within(&place);
        let words = match (self, file) {
            (Self::Npm, Some(_)) => "ci",
            (_, None) => "install",
            (Self::Pnpm | Self::YarnClassic | Self::Bun, Some(_)) => "install --frozen-lockfile",
            (Self::Yarn, Some(_)) => "install --immutable",
        };
        let line = format!("{it} {words}");
        let why = match file {
            Some(file) => format!("setup: {line}, since there is a {file}"),
            None => format!("setup: {line}, since there is no lock file"),
        };
        Line { line, why }
    }

    /// Runs a dev script on a port that is put in. `place` is its folder, from the top of the
    /// repository.
    pub(super) fn dev(self, script: &Script, place: &str) -> Line {
        let it = self.within(place);
        let run = format!("{it} run {}", script.name);
        let framework = script.framework;
        let words = framework.port_words().filter(|_| script.takes_words());
        match words {
            Some(words) => {
                // The others hand on what stands behind the script's name.
                let dashes = if self == Self::Npm { "-- " } else { "" };
                let line = format!("{run} {dashes}{words}");
                let why = format!("dev: {line}, which {} listens on", framework.words());
                Line { line, why }
            }
            None => {
                let heeds = if framework.reads_variable() {
                    "which it heeds"
                } else {
                    "which the script must heed: see that it does"
                };
                let why = format!("dev: {run}, told its port by the variable PORT alone, {heeds}");
                Line { line: run, why }
            }
        }
    }
}

/// A path as one word of a command line.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '@');
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("\"{path}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(manager: PackageManager, file: &str) -> Lock {
        Lock {
            manager,
            file: file.to_owned(),
            up: 0,
        }
    }

    #[test]
    fn installing() {
        for (file, modern, line) in [
            ("package-lock.json", false, "npm ci"),
            ("npm-shrinkwrap.json", false, "npm ci"),
            ("pnpm-lock.yaml", false, "pnpm install --frozen-lockfile"),
            ("yarn.lock", false, "yarn install --frozen-lockfile"),
            ("yarn.lock", true, "yarn install --immutable"),
            ("bun.lock", false, "bun install --frozen-lockfile"),
            ("bun.lockb", false, "bun install --frozen-lockfile"),
        ] {
            let manager = PackageManager::of_lock(file, modern).unwrap();
            assert_eq!(manager.setup(Some(&lock(manager, file)), "").line, line);
        }
        assert_eq!(PackageManager::Npm.setup(None, "").line, "npm install");
        // The lock file at the top of the repository, the folder looked at below it.
        let above = Lock {
            up: 2,
            ..lock(PackageManager::Pnpm, "pnpm-lock.yaml")
        };
        let line = PackageManager::Pnpm.setup(Some(&above), "apps/web").line;
        assert_eq!(line, "pnpm install --frozen-lockfile");
        let beside = lock(PackageManager::Npm, "package-lock.json");
        assert_eq!(
            PackageManager::Npm.setup(Some(&beside), "my app").line,
            "npm --prefix \"my app\" ci"
        );
    }

    #[test]
    fn running() {
        let script =
            |command: &str| Script::find(|name| (name == "dev").then_some(command)).unwrap();
        let next = script("next dev");
        let vite = script("vite");
        for (manager, line) in [
            (PackageManager::Npm, "npm run dev -- --port {port}"),
            (PackageManager::Pnpm, "pnpm run dev --port {port}"),
            (PackageManager::YarnClassic, "yarn run dev --port {port}"),
            (PackageManager::Yarn, "yarn run dev --port {port}"),
            (PackageManager::Bun, "bun run dev --port {port}"),
        ] {
            assert_eq!(manager.dev(&next, "").line, line);
        }
        assert_eq!(
            PackageManager::Npm.dev(&vite, "").line,
            "npm run dev -- --port {port} --strictPort"
        );
        assert_eq!(
            PackageManager::Pnpm.dev(&next, "apps/web").line,
            "pnpm --dir apps/web run dev --port {port}"
        );
        let own = PackageManager::Npm.dev(&script("node server.js"), "");
        assert_eq!(own.line, "npm run dev");
        assert!(own.why.contains("PORT"), "{}", own.why);
    }

    #[test]
    fn the_field_of_the_package_names_the_manager() {
        assert_eq!(
            PackageManager::of_field("yarn@1.22.22"),
            Some(PackageManager::YarnClassic)
        );
        assert_eq!(
            PackageManager::of_field("yarn@4.1.0+sha512.x"),
            Some(PackageManager::Yarn)
        );
        assert_eq!(
            PackageManager::of_field("pnpm@9.1.0"),
            Some(PackageManager::Pnpm)
        );
        assert_eq!(PackageManager::of_field("cargo@1"), None);
    }
}
