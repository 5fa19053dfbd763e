//! The two readers of processes see the same.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::*;

/// A process that lives until this is dropped, and is there for sure.
struct Other(std::process::Child);

impl Other {
    fn new(folder: &std::path::Path) -> Self {
        let mut child = Command::new("/bin/sh")
            .args(["-c", "echo there; read -r line", "second word"])
            .current_dir(folder)
            .env("TRIPLEDASH_TEST_MARK", std::process::id().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let out = child.stdout.as_mut().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut said).unwrap();
        Self(child)
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn both_readers_tell_the_same_of_a_process() {
    let folder = tempfile::tempdir().unwrap();
    let other = Other::new(folder.path());
    let pid = other.0.id();
    let (one, two) = (system::standings(), portable::standings());
    assert_eq!(one[&pid].parent, std::process::id());
    assert_eq!(one[&pid], two[&pid]);
    let about = system::about(pid).unwrap();
    assert_eq!(Some(&about), portable::about(pid).as_ref());
    assert_eq!(about.folder, Some(folder.path().canonicalize().unwrap()));
    assert_eq!(about.folder, system::folder(pid));
    assert_eq!(about.folder, portable::folder(pid));
    assert_eq!(about.arguments.last().unwrap(), "second word");
    assert!(system::ours().contains(&pid) && portable::ours().contains(&pid));
    let me = std::process::id().to_string();
    assert_eq!(system::marked("TRIPLEDASH_TEST_MARK", &me), [pid].into());
    assert_eq!(portable::marked("TRIPLEDASH_TEST_MARK", &me), [pid].into());
}

#[test]
fn both_readers_tell_the_same_sockets() {
    let four = TcpListener::bind("127.0.0.1:0").unwrap();
    let six = TcpListener::bind("[::1]:0").unwrap();
    let me = std::process::id();
    for address in [four.local_addr().unwrap(), six.local_addr().unwrap()] {
        let socket = Socket { address, pid: me };
        assert!(system::listening(&[me].into()).contains(&socket));
        assert!(portable::listening(&[me].into()).contains(&socket));
    }
    assert!(system::listening(&HashSet::new()).is_empty());
}

#[test]
fn below_a_process_are_all_that_came_of_it() {
    let standing = |parent| Standing {
        parent,
        group: 0,
        session: 0,
    };
    // 8 and 9 are a ring, which only reused ids make.
    let table = Table(HashMap::from([
        (2, standing(1)),
        (3, standing(2)),
        (4, standing(3)),
        (5, standing(1)),
        (8, standing(9)),
        (9, standing(8)),
    ]));
    assert_eq!(table.below(2), [3, 4].into());
    assert_eq!(table.below(1), [2, 3, 4, 5].into());
    assert_eq!(table.below(8), [9].into());
    assert!(table.below(4).is_empty());
}
