//! The executable that hosts supervisors in tests. `run FOLDER LINE` is a whole program with one dev
//! server: it prints the server's states and goes on until it is ended.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use tripledash_devserver::{DevCommand, DevServer, Host, Ports, supervise};

fn main() -> ExitCode {
    if let Some(code) = supervise::main(std::env::args_os()) {
        return code;
    }
    let mut arguments = std::env::args().skip(1);
    let (Some(_), Some(folder), Some(line)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    runtime.block_on(run(DevCommand::new(folder, line)));
    ExitCode::SUCCESS
}

async fn run(mut command: DevCommand) {
    command.timing.look = Duration::from_millis(20);
    let host = Host::this_executable().expect("the executable is known");
    let clock = Arc::new(|| UNIX_EPOCH);
    let server = DevServer::start(host, command, &Ports::default(), clock).expect("a free port");
    let mut state = server.state();
    loop {
        let now = state.borrow_and_update().clone();
        let said = writeln!(std::io::stdout(), "{now:?}");
        if said.is_err() || state.changed().await.is_err() {
            return;
        }
    }
}
