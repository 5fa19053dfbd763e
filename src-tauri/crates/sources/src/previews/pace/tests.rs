use super::*;
use crate::previews::{State, Target};

const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

fn listing(state: State, rate: Option<RateLimit>) -> Listing {
    Listing {
        found: vec![Found {
            id: "dpl_1".to_owned(),
            target: Target::Preview,
            branch: None,
            name_parts: Vec::new(),
            state,
            commit: None,
            created: None,
            upstream: None,
            commit_url: None,
            aliases: Vec::new(),
            serving: None,
            inspector_url: None,
        }],
        rate,
        ..Listing::default()
    }
}

fn seconds(state: State, rate: Option<RateLimit>) -> u64 {
    let wait = Pace::default().next(Ok(&listing(state, rate)), NOW);
    wait.unwrap().as_secs()
}

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp(NOW.0 + seconds * 1_000_000))
}

#[test]
fn something_that_builds_is_looked_at_more_often() {
    assert_eq!(seconds(State::Building, None), 30);
    assert_eq!(seconds(State::Queued, None), 30);
    for state in [State::Ready, State::Error, State::Canceled, State::Unknown] {
        assert_eq!(seconds(state, None), 120);
    }
}

#[test]
fn the_last_requests_of_a_window_are_left_to_others() {
    let rate = |remaining, reset| {
        Some(RateLimit {
            limit: Some(500),
            remaining,
            reset,
        })
    };
    assert_eq!(seconds(State::Building, rate(51, at(600))), 30);
    assert_eq!(seconds(State::Building, rate(50, at(600))), 600);
    assert_eq!(seconds(State::Ready, rate(0, at(60))), 120);
    assert_eq!(seconds(State::Ready, rate(0, at(-60))), 120);
    assert_eq!(seconds(State::Ready, rate(0, at(1_000_000))), 3600);
    assert_eq!(seconds(State::Ready, rate(0, None)), 120);
}

#[test]
fn a_limit_is_waited_for_and_a_person_too() {
    let limited = |reset| SourceError::RateLimited {
        source_name: "vercel".to_owned(),
        reset,
        message: String::new(),
    };
    let mut pace = Pace::default();
    let mut wait = |error: SourceError| pace.next(Err(&error), NOW).map(|wait| wait.as_secs());
    assert_eq!(wait(limited(at(90))), Some(90));
    assert_eq!(wait(limited(at(-90))), Some(5));
    assert_eq!(wait(limited(at(604_800))), Some(3600));
    assert_eq!(wait(limited(None)), Some(120));
    let refused = || SourceError::Refused {
        source_name: "vercel".to_owned(),
        status: 502,
        message: String::new(),
    };
    assert_eq!((wait(refused()), wait(refused())), (Some(5), Some(10)));
    let variable = "VERCEL_TOKEN";
    assert_eq!(wait(SourceError::BadToken { variable }), None);
}
