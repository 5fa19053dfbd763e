//! How many tasks the proxy's threads have: what begins must end, and a soak test asks whether it
//! did.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::runtime::Handle;

/// The tasks of every thread that serves. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Alive(Arc<Mutex<Vec<Weak<Handle>>>>);

impl Alive {
    /// Tasks that have not ended.
    pub fn tasks(&self) -> usize {
        let runtimes = self.0.lock();
        let runtimes = runtimes.iter().filter_map(Weak::upgrade);
        runtimes
            .map(|runtime| runtime.metrics().num_alive_tasks())
            .sum()
    }

    /// Counts the tasks of a runtime for as long as what is returned is kept.
    pub(crate) fn watch(&self, runtime: &Handle) -> Arc<Handle> {
        let watched = Arc::new(runtime.clone());
        let mut runtimes = self.0.lock();
        runtimes.retain(|runtime| runtime.strong_count() > 0);
        runtimes.push(Arc::downgrade(&watched));
        watched
    }
}
