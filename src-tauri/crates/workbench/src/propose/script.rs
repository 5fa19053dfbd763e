//! What a dev script starts, and where that listens.

/// What serves the app while it is developed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Framework {
    Next,
    Vite,
    Astro,
    Nuxt,
    Remix,
    Angular,
    CreateReactApp,
    Gatsby,
    Other,
}

/// A script that starts a dev server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its name in `package.json`.
    pub name: String,
    /// What it runs.
    pub command: String,
    /// What that starts.
    pub framework: Framework,
}

/// A port, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) number: u16,
    pub(super) why: String,
}

/// The scripts that start a dev server, the likeliest first.
const NAMES: [&str; 5] = ["dev", "develop", "start:dev", "serve", "start"];

// === impl Framework ===

impl Framework {
    /// By the command that a script ends in.
    fn of(command: &str) -> Self {
        let mut words = last(command).split_whitespace().peekable();
        // Variables and what only sets them come before the command.
        let passed = [
            "cross-env",
            "npx",
            "bunx",
            "pnpm",
            "exec",
            "yarn",
            "bun",
            "--bun",
            "dotenv",
            "--",
            "env",
        ];
        while words.peek().is_some_and(|word| {
            passed.contains(word) || word.contains('=') && !word.starts_with('-')
        }) {
            words.next();
        }
        let (first, second) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        match (first.rsplit('/').next().unwrap_or_default(), second) {
            ("next", "dev" | "start") => Self::Next,
            ("vite", "build" | "preview") => Self::Other,
            ("vite" | "vinxi", _) => Self::Vite,
            ("astro", "dev" | "") => Self::Astro,
            ("nuxt" | "nuxi", "dev" | "") => Self::Nuxt,
            ("remix", "vite:dev") | ("react-router", "dev") => Self::Remix,
            ("ng", "serve" | "s") => Self::Angular,
            ("react-scripts", "start") => Self::CreateReactApp,
            ("gatsby", "develop") => Self::Gatsby,
            _ => Self::Other,
        }
    }

    /// As a person calls it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Next => "Next.js",
            Self::Vite => "Vite",
            Self::Astro => "Astro",
            Self::Nuxt => "Nuxt",
            Self::Remix => "React Router",
            Self::Angular => "Angular",
            Self::CreateReactApp => "Create React App",
            Self::Gatsby => "Gatsby",
            Self::Other => "a server of its own",
        }
    }

    /// Where it listens unless told otherwise.
    fn usual_port(self) -> u16 {
        match self {
            Self::Next | Self::Nuxt | Self::CreateReactApp | Self::Other => 3000,
            Self::Vite | Self::Remix => 5173,
            Self::Astro => 4321,
            Self::Angular => 4200,
            Self::Gatsby => 8000,
        }
    }

    /// The words that make it listen on a port; `None`: only the variable `PORT` may.
    pub(super) fn port_words(self) -> Option<&'static str> {
        match self {
            Self::Next | Self::Astro | Self::Nuxt | Self::Angular | Self::Gatsby => {
                Some("--port {port}")
            }
            // Without it, the next free port is taken in silence.
            Self::Vite | Self::Remix => Some("--port {port} --strictPort"),
            Self::CreateReactApp | Self::Other => None,
        }
    }

    /// Whether it heeds the variable `PORT`.
    pub(super) fn reads_variable(self) -> bool {
        matches!(self, Self::Next | Self::Nuxt | Self::CreateReactApp)
    }
}

// === impl Script ===

impl Script {
    /// The dev script among a package's scripts.
    pub(super) fn find<'s>(command: impl Fn(&str) -> Option<&'s str>) -> Option<Self> {
        let all = NAMES.iter().filter_map(|name| {
            let command = command(name).filter(|command| !command.trim().is_empty())?;
            Some(Self {
                name: (*name).to_owned(),
                command: command.to_owned(),
                framework: Framework::of(command),
            })
        });
        let all: Vec<Self> = all.collect();
        let known = all
            .iter()
            .find(|script| script.framework != Framework::Other);
        // `start` of a package without a dev server runs what was built.
        let developed = all
            .iter()
            .find(|script| script.name != "start" && script.name != "serve");
        known.or(developed).or(all.first()).cloned()
    }

    /// The port that the command itself names.
    fn own_port(&self) -> Option<u16> {
        let words: Vec<&str> = self.command.split_whitespace().collect();
        let mut pairs = words.iter().enumerate().filter_map(|(place, word)| {
            let value = match word.split_once('=') {
                Some(("--port" | "-p" | "PORT", value)) => value,
                None if matches!(*word, "--port" | "-p") => words.get(place + 1)?,
                _ => word.strip_prefix("-p").filter(|rest| !rest.is_empty())?,
            };
            value
                .trim_matches(['"', '\''])
                .parse()
                .ok()
                .filter(|port| *port != 0)
        });
        pairs.next_back()
    }

    /// Where it listens. `configured` is the port of the framework's own configuration file.
    pub(super) fn port(&self, configured: Option<&(u16, String)>) -> Port {
        let Self {
            name, framework, ..
        } = self;
        let words = framework.words();
        if let Some(number) = self.own_port() {
            let why = format!(
                "port {number}, as the script \"{name}\" has it: {}",
                self.command
            );
            return Port { number, why };
        }
        if let Some((number, file)) = configured {
            let why = format!("port {number}, as {file} has it");
            return Port {
                number: *number,
                why,
            };
        }
        let number = framework.usual_port();
        let why = match framework {
            Framework::Other => format!(
                "port {number} is a guess: the script \"{name}\" does not say where it listens ({})",
                self.command
            ),
            _ => format!(
                "port {number}, where {words} listens unless told otherwise (script \"{name}\")"
            ),
        };
        Port { number, why }
    }

    /// Whether words put behind the script reach the dev server: it is what the script ends in.
    pub(super) fn takes_words(&self) -> bool {
        self.framework != Framework::Other && !self.command.trim_end().ends_with('&')
    }
}

/// The last command of a line, which is the one that gets the words put behind the script.
fn last(command: &str) -> &str {
    command.rsplit(['&', '|', ';']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(command: &str) -> Script {
        Script::find(|name| (name == "dev").then_some(command)).unwrap()
    }

    #[test]
    fn frameworks_are_known_by_the_last_command() {
        for (command, framework) in [
            ("next dev", Framework::Next),
            ("next dev --turbopack -p 3001", Framework::Next),
            ("prisma generate && next dev", Framework::Next),
            (
                "cross-env NODE_ENV=development PORT=4000 next dev",
                Framework::Next,
            ),
            ("node_modules/.bin/next dev", Framework::Next),
            ("vite", Framework::Vite),
            ("vite dev --host", Framework::Vite),
            ("vite build", Framework::Other),
            ("bunx --bun vite", Framework::Vite),
            ("react-router dev", Framework::Remix),
            ("astro dev", Framework::Astro),
            ("react-scripts start", Framework::CreateReactApp),
            ("turbo dev", Framework::Other),
            ("next dev & node worker.js", Framework::Other),
            ("concurrently \"next dev\" \"npm:worker\"", Framework::Other),
            ("node server.js", Framework::Other),
        ] {
            assert_eq!(script(command).framework, framework, "{command}");
        }
    }

    #[test]
    fn ports_are_read_from_the_command() {
        for (command, port) in [
            ("next dev -p 3001", Some(3001)),
            ("next dev -p3001", Some(3001)),
            ("next dev --port=3002", Some(3002)),
            ("PORT=3003 next dev", Some(3003)),
            ("PORT=3003 next dev --port 3004", Some(3004)),
            ("next dev --port $PORT", None),
            ("next dev -p 0", None),
            ("vite --port 99999", None),
            ("next dev --profile", None),
        ] {
            assert_eq!(script(command).own_port(), port, "{command}");
        }
        assert_eq!(script("vite").port(None).number, 5173);
        let configured = (8080, "vite.config.ts".to_owned());
        assert_eq!(script("vite").port(Some(&configured)).number, 8080);
        assert!(script("node server.js").port(None).why.contains("a guess"));
    }

    #[test]
    fn the_likeliest_script_is_taken() {
        let of = |scripts: &'static [(&str, &str)]| {
            Script::find(|wanted| {
                scripts
                    .iter()
                    .find(|(name, _)| *name == wanted)
                    .map(|(_, command)| *command)
            })
        };
        let found = of(&[("start", "next start"), ("dev", "next dev")]).unwrap();
        assert_eq!(found.name, "dev");
        let found = of(&[("dev", "turbo dev"), ("start", "vite")]).unwrap();
        assert_eq!(found.name, "start");
        let found = of(&[
            ("start", "node build/index.js"),
            ("start:dev", "nodemon x.js"),
        ])
        .unwrap();
        assert_eq!(found.name, "start:dev");
        assert_eq!(of(&[("build", "next build")]), None);
        assert_eq!(of(&[("dev", " ")]), None);
    }
}
