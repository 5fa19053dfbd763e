use super::*;

fn found(port: u16, place: Place, kind: Option<Kind>) -> Candidate {
    let listening = Listening {
        port,
        addresses: BTreeSet::new(),
        pid: 1,
        folder: None,
        command: String::new(),
    };
    let answer = kind.map(|kind| Answer { status: 200, kind });
    candidate(listening, place, answer)
}

#[test]
fn the_page_of_the_nearest_folder_comes_first() {
    let mut candidates = [
        found(9229, Place::Here, Some(Kind::Debugger)),
        found(24678, Place::Here, Some(Kind::WebSockets)),
        found(4000, Place::Here, None),
        found(40001, Place::Here, Some(Kind::Page)),
        found(3001, Place::Below(2), Some(Kind::Page)),
        found(3000, Place::Here, Some(Kind::Page)),
        found(3002, Place::StartedHere, Some(Kind::Page)),
        found(2000, Place::Here, Some(Kind::Other)),
    ];
    candidates.sort_by_key(rank);
    let ports = candidates.map(|candidate| candidate.listening.port);
    assert_eq!(ports, [3000, 40001, 3001, 3002, 2000, 4000, 24678, 9229]);
}

#[test]
fn the_silent_are_asked_less_and_less() {
    let mut silence = Silence::default();
    let mut looks = Vec::new();
    for look in 0..300 {
        if silence.is_over() {
            silence.asked();
            looks.push(look);
        }
    }
    assert_eq!(looks, [0, 1, 3, 7, 15, 31, 63, 127, 191, 255]);
}

#[test]
fn a_socket_that_was_handed_on_is_one_server() {
    let listening = |pid, address: &str| Listening {
        port: 3000,
        addresses: [address.parse().unwrap()].into(),
        pid,
        folder: None,
        command: String::new(),
    };
    let all = vec![
        listening(1, "127.0.0.1:3000"),
        listening(2, "[::1]:3000"),
        listening(3, "127.0.0.1:3000"),
    ];
    let pids: Vec<u32> = each_once(all).iter().map(|it| it.pid).collect();
    assert_eq!(pids, [1, 2]);
}

#[test]
fn a_command_is_shown_short() {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(shortened(&words(&["/usr/bin/node", "a\nb"])), "node a b");
    let long = shortened(&words(&["x", &"é".repeat(500)]));
    assert!(long.len() <= COMMAND + "…".len() && long.ends_with('…'));
    assert_eq!(shortened(&[]), "");
}
