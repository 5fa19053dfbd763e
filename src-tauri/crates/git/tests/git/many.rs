//! Thousands of branches.

use crate::support::Place;

/// Five thousand branches of a remote, each with a commit of its own, and as many local ones that
/// follow them.
pub fn branches(place: &Place, count: usize) -> std::path::PathBuf {
    let folder = place.project("shop");
    let mut stream = String::new();
    let mut configuration = String::from(
        "[remote \"origin\"]\nurl = /nowhere\nfetch = +refs/heads/*:refs/remotes/origin/*\n",
    );
    for number in 0..count {
        let time = 2000 + number;
        for kind in ["heads", "remotes/origin"] {
            stream += &format!("commit refs/{kind}/b{number}\ncommitter A <a@b> {time} +0000\n");
            stream += &format!("data 8\n{kind:8.8}\nfrom refs/heads/main\n");
        }
        let section = format!("[branch \"b{number}\"]\nremote = origin\n");
        configuration += &section;
        configuration += &format!("merge = refs/heads/b{number}\n");
    }
    place.feed(&folder, &["fast-import", "--quiet"], &stream);
    place.run(&folder, &["pack-refs", "--all"]);
    let file = folder.join(".git/config");
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, before + &configuration).unwrap();
    folder
}

#[test]
fn newest_of_five_thousand_are_listed_and_the_rest_counted() {
    let place = Place::new();
    let folder = branches(&place, 5000);
    let repository = place.find(&folder);
    let mut names = Vec::new();
    for _ in 0..2 {
        let listed = repository.branches(200).unwrap();
        assert_eq!(listed.branches.len(), 200);
        // The remote's own are not repeated; `main` is checked out, and so stays.
        assert_eq!(listed.left_out, 5001 - 200);
        names = listed.branches.iter().map(|b| b.name.clone()).collect();
    }
    assert_eq!((names[0].as_str(), names[199].as_str()), ("b4999", "main"));
}
