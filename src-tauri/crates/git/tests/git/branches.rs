//! What a list of branches says.

use std::fs;
use std::path::Path;

use tripledash_git::{BranchKind, Distance, Head, Upstream};

use crate::support::Place;

#[test]
fn branches_come_newest_first_with_their_commits() {
    let place = Place::new();
    let folder = place.project("shop");
    place.run(&folder, &["switch", "--quiet", "-c", "feature/größe-✓"]);
    let id = place.change(&folder, "page.txt", "Größer\n", 3000);
    place.run(&folder, &["branch", "older", "main"]);
    let branches = place.find(&folder).branches(10).unwrap();
    let names: Vec<_> = branches.branches.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(names, ["feature/größe-✓", "main", "older"]);
    let first = &branches.branches[0];
    assert_eq!(first.reference, "refs/heads/feature/größe-✓");
    assert_eq!(first.commit.id, id);
    assert_eq!(first.commit.short, id[..7]);
    assert_eq!(first.commit.subject, "Größer");
    assert_eq!(first.commit.author, "Author of Größer");
    assert_eq!(first.commit.time, 3000);
    assert_eq!(first.kind, BranchKind::Local);
    assert_eq!(first.worktree.as_deref(), Some(folder.as_path()));
    assert!(first.is_head && !branches.branches[1].is_head);
    let name = "feature/größe-✓".to_owned();
    assert_eq!(branches.head, Head::Branch { name });
    assert_eq!((branches.left_out, branches.broken.len()), (0, 0));
}

#[test]
fn detached_head_is_on_no_branch() {
    let place = Place::new();
    let folder = place.project("shop");
    place.run(&folder, &["switch", "--quiet", "--detach"]);
    let branches = place.find(&folder).branches(10).unwrap();
    let commit = branches.branches[0].commit.id.clone();
    assert_eq!(branches.head, Head::Detached { commit });
    assert!(!branches.branches[0].is_head);
    assert_eq!(branches.branches[0].worktree, None);
}

#[test]
fn followed_branch_of_a_remote_is_not_repeated() {
    let place = Place::new();
    let origin = place.project("origin");
    place.run(&origin, &["branch", "design"]);
    place.run(&origin, &["branch", "other"]);
    place.run(&place.path(""), &["clone", "--quiet", "origin", "shop"]);
    let folder = place.path("shop");
    let branch = ["branch", "--quiet", "mine", "origin/other"];
    place.run(&folder, &branch);
    let branches = place.find(&folder).branches(10).unwrap().branches;
    let mut found: Vec<_> = branches.iter().map(|b| b.reference.as_str()).collect();
    found.sort_unstable();
    let expected = [
        "refs/heads/main",
        "refs/heads/mine",
        "refs/remotes/origin/design",
        // Followed, but by another name.
        "refs/remotes/origin/other",
    ];
    assert_eq!(found, expected);
    let design = branches.iter().find(|b| b.name == "design").unwrap();
    let remote = "origin".to_owned();
    assert_eq!(design.kind, BranchKind::Remote { remote });
    assert_eq!(design.upstream, None);

    // Nor is one that is followed by nobody and says nothing else, as after a push without `-u`.
    place.run(&folder, &["branch", "--unset-upstream", "main"]);
    let main = || {
        let branches = place.find(&folder).branches(10).unwrap().branches;
        let main = branches.into_iter().filter(|branch| branch.name == "main");
        main.map(|b| (b.title, b.worktree.is_some(), b.is_head))
            .collect::<Vec<_>>()
    };
    assert_eq!(main(), [("main".to_owned(), true, true)]);

    // Once they differ, the local one is checked out, and the remote's of the same name is not.
    place.change(&folder, "page.txt", "second\n", 3000);
    let expected = [
        ("main".to_owned(), true, true),
        ("origin/main".to_owned(), false, false),
    ];
    assert_eq!(main(), expected);
}

#[test]
fn branches_of_one_name_have_titles_of_their_own() {
    let place = Place::new();
    let folder = place.project("shop");
    for (reference, time) in [
        ("refs/heads/both", 2000),
        ("refs/remotes/origin/both", 3000),
        ("refs/remotes/origin/two", 4000),
        ("refs/remotes/fork/two", 5000),
        ("refs/remotes/fork/one", 6000),
    ] {
        let id = place.change(&folder, "page.txt", reference, time);
        place.run(&folder, &["update-ref", reference, &id]);
    }
    for remote in ["origin", "fork"] {
        let url = format!("https://git.example.com/{remote}");
        place.run(&folder, &["remote", "add", remote, &url]);
    }
    let titles = |at_most| {
        let branches = place.find(&folder).branches(at_most).unwrap().branches;
        branches.into_iter().map(|b| b.title).collect::<Vec<_>>()
    };
    let all = [
        "main",
        "one",
        "fork/two",
        "origin/two",
        "origin/both",
        "both",
    ];
    assert_eq!(titles(10), all);
    // Also where the other is too old to be listed.
    assert_eq!(titles(3), all[..3]);
}

#[test]
fn distance_to_the_upstream_is_counted() {
    let place = Place::new();
    let origin = place.project("origin");
    place.run(&place.path(""), &["clone", "--quiet", "origin", "shop"]);
    let folder = place.path("shop");
    for time in 0..3 {
        place.change(&origin, "page.txt", &format!("there {time}\n"), 2000 + time);
    }
    for time in 0..2 {
        place.change(&folder, "page.txt", &format!("here {time}\n"), 2000 + time);
    }
    place.run(&folder, &["fetch", "--quiet"]);
    let expected = |distance| {
        Some(Upstream {
            remote: Some("origin".to_owned()),
            branch: "main".to_owned(),
            distance,
        })
    };
    let known = |ahead, behind| expected(Distance::Known { ahead, behind });
    assert_eq!(place.branch(&folder, "main").upstream, known(2, 3));

    // After a merge, as git counts it.
    place.run(&folder, &["merge", "--quiet", "-s", "ours", "origin/main"]);
    assert_eq!(place.branch(&folder, "main").upstream, known(3, 0));

    place.run(&folder, &["update-ref", "-d", "refs/remotes/origin/main"]);
    assert_eq!(
        place.branch(&folder, "main").upstream,
        expected(Distance::Gone)
    );
}

#[test]
fn distance_that_is_too_far_is_not_counted() {
    let place = Place::new();
    let folder = place.project("shop");
    let mut stream = String::new();
    for (branch, from) in [("one", 2000), ("two", 9000)] {
        for number in 0..1500 {
            let time = from + number;
            stream += &format!("commit refs/heads/{branch}\ncommitter A <a@b> {time} +0000\n");
            stream += "data 1\nx\n";
        }
    }
    place.feed(&folder, &["fast-import", "--quiet"], &stream);
    place.run(
        &folder,
        &["branch", "--quiet", "--set-upstream-to=two", "one"],
    );
    let upstream = place.branch(&folder, "one").upstream.unwrap();
    assert_eq!((upstream.remote, upstream.distance), (None, Distance::Far));
}

/// What git itself counts.
fn counted(place: &Place, folder: &Path, one: &str, other: &str) -> Distance {
    let range = format!("{one}...{other}");
    let counts = place.run(folder, &["rev-list", "--left-right", "--count", &range]);
    let (ahead, behind) = counts.split_once('\t').unwrap();
    Distance::Known {
        ahead: ahead.parse().unwrap(),
        behind: behind.parse().unwrap(),
    }
}

#[test]
fn distance_is_what_git_counts_in_any_history() {
    let place = Place::new();
    let folder = place.project("shop");
    // The same histories in each run: some thirty branches that fork and merge at random.
    let mut state = 7_u64;
    let mut below = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut stream = String::new();
    let commits = 300;
    for mark in 1..=commits {
        let branch = below(30);
        stream += &format!("commit refs/heads/b{branch}\nmark :{mark}\n");
        stream += &format!("committer A <a@b> {} +0000\ndata 1\nx\n", 1000 + mark);
        if mark > 1 {
            stream += &format!("from :{}\n", 1 + below(mark - 1));
        }
        if mark > 2 && below(3) == 0 {
            stream += &format!("merge :{}\n", 1 + below(mark - 1));
        }
    }
    // A branch's commits need not follow one another, so each is taken as it is at its end.
    place.feed(&folder, &["fast-import", "--quiet", "--force"], &stream);
    let list = ["for-each-ref", "--format=%(refname:short)", "refs/heads/b*"];
    let names = place.run(&folder, &list);
    let names: Vec<_> = names.lines().collect();
    assert!(names.len() > 20, "{names:?}");
    let mut configuration = fs::read_to_string(folder.join(".git/config")).unwrap();
    let mut expected = Vec::new();
    for (number, one) in names.iter().enumerate() {
        let other = names[(number * 7 + 3) % names.len()];
        configuration += &format!("[branch \"{one}\"]\nremote = .\n");
        configuration += &format!("merge = refs/heads/{other}\n");
        expected.push((*one, counted(&place, &folder, one, other)));
    }
    fs::write(folder.join(".git/config"), configuration).unwrap();
    let branches = place.find(&folder).branches(100).unwrap().branches;
    for (one, distance) in expected {
        let branch = branches.iter().find(|branch| branch.name == one).unwrap();
        assert_eq!(
            branch.upstream.as_ref().unwrap().distance,
            distance,
            "{one}"
        );
    }
}

#[test]
fn distance_is_right_where_a_clock_went_wrong() {
    let place = Place::new();
    let folder = place.project("shop");
    for time in 0..5 {
        place.change(&folder, "page.txt", &format!("{time}\n"), 5000 + time);
    }
    place.run(&folder, &["branch", "upstream"]);
    // Long before its parent.
    place.change(&folder, "page.txt", "early\n", 50);
    place.run(&folder, &["switch", "--quiet", "upstream"]);
    place.change(&folder, "page.txt", "late\n", 9000);
    place.run(
        &folder,
        &["branch", "--quiet", "--set-upstream-to=upstream", "main"],
    );
    let (ahead, behind) = (1, 1);
    let upstream = place.branch(&folder, "main").upstream.unwrap();
    assert_eq!(upstream.distance, Distance::Known { ahead, behind });
}

#[test]
fn shallow_clone_is_read_to_its_end() {
    let place = Place::new();
    let origin = place.project("origin");
    place.change(&origin, "page.txt", "second\n", 2000);
    let from = format!("file://{}", origin.display());
    let clone = ["clone", "--quiet", "--depth=1", &from, "shop"];
    place.run(&place.path(""), &clone);
    let folder = place.path("shop");
    place.change(&folder, "page.txt", "third\n", 3000);
    let known = |ahead, behind| Distance::Known { ahead, behind };
    let distance = || place.branch(&folder, "main").upstream.unwrap().distance;
    assert_eq!(distance(), known(1, 0));
    // On both sides the next commit is not here.
    place.run(&origin, &["reset", "--quiet", "--hard", "HEAD~1"]);
    place.change(&origin, "page.txt", "between\n", 3500);
    place.change(&origin, "page.txt", "fourth\n", 4000);
    place.run(&folder, &["fetch", "--quiet", "--depth=1"]);
    assert_eq!(distance(), known(2, 1));
    assert_eq!(distance(), counted(&place, &folder, "main", "origin/main"));
}

#[test]
fn broken_branch_is_told_and_hides_no_other() {
    let place = Place::new();
    let folder = place.project("shop");
    let heads = folder.join(".git/refs/heads");
    fs::write(heads.join("empty"), "").unwrap();
    fs::write(heads.join("lost"), format!("{}\n", "ab".repeat(20))).unwrap();
    let branches = place.find(&folder).branches(10).unwrap();
    assert_eq!(branches.branches.len(), 1);
    let [empty, lost] = &branches.broken[..] else {
        panic!("{branches:#?}");
    };
    assert!(empty.reason.contains("refs/heads/empty"), "{empty:?}");
    assert_eq!(lost.reference.as_deref(), Some("refs/heads/lost"));
    assert!(lost.reason.contains("could not be found"), "{lost:?}");
}

#[test]
fn packed_and_moved_branches_are_seen_by_the_same_repository() {
    let place = Place::new();
    let folder = place.project("shop");
    let repository = place.find(&folder);
    let subjects = || {
        let branches = repository.branches(10).unwrap().branches;
        let words = branches
            .iter()
            .map(|b| (b.name.clone(), b.commit.subject.clone()));
        words.collect::<Vec<_>>()
    };
    let word = |name: &str, subject: &str| (name.to_owned(), subject.to_owned());
    assert_eq!(subjects(), [word("main", "First")]);
    place.run(&folder, &["branch", "design"]);
    place.run(&folder, &["pack-refs", "--all"]);
    assert_eq!(subjects(), [word("design", "First"), word("main", "First")]);
    place.change(&folder, "page.txt", "second\n", 2000);
    assert_eq!(
        subjects(),
        [word("main", "second"), word("design", "First")]
    );
    place.run(&folder, &["branch", "-D", "design"]);
    assert_eq!(subjects(), [word("main", "second")]);
}
