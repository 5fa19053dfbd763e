//! How many tasks the proxy's threads have: what begins must end, and a soak test asks whether it
//! did.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::runtime::Handle;

/// The tasks of every thread that serves. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Alive(Arc<Mutex<Vec<Handle>>>);

impl Alive {
    /// Tasks that have not ended.
    pub fn tasks(&self) -> usize {
        let runtimes = self.0.lock();
        let tasks = |runtime: &Handle| runtime.metrics().num_alive_tasks();
        runtimes.iter().map(tasks).sum()
    }

    pub(crate) fn watch(&self, runtime: &Handle) {
        self.0.lock().push(runtime.clone());
    }
}
