use tokio::time::Instant;

use super::*;

#[test]
fn how_often_is_a_number_with_a_unit() {
    for (text, seconds) in [("5s", 5), ("90s", 90), ("5m", 300), ("24h", 86_400)] {
        assert_eq!(text.parse::<Every>().unwrap().duration().as_secs(), seconds);
    }
    for text in [
        "",
        "5",
        "m",
        "4s",
        "25h",
        "-5m",
        "5 m",
        "5M",
        "1.5h",
        "5m ",
        "99999999999999999999h",
        "５m",
        "18446744073709551615h",
    ] {
        assert!(text.parse::<Every>().is_err(), "{text}");
    }
}

#[test]
fn a_source_that_is_down_is_asked_less_and_less() {
    let mut schedule = Schedule::new(None);
    let waits: Vec<_> = (0..40)
        .map(|_| schedule.failed(None).unwrap().as_secs())
        .collect();
    assert_eq!(waits[..8], [5, 10, 20, 40, 80, 160, 320, 640]);
    assert!(waits[8..].iter().all(|wait| *wait == 900));
    assert_eq!(schedule.succeeded(), None);
    assert_eq!(schedule.failed(None), Some(Duration::from_secs(5)));
}

#[test]
fn a_source_says_when_it_wants_to_be_asked() {
    let mut schedule = Schedule::new(Some("30s".parse().unwrap()));
    let hour = Duration::from_secs(3600);
    assert_eq!(schedule.failed(Some(hour)), Some(hour));
    assert_eq!(
        schedule.failed(Some(Duration::ZERO)),
        Some(Duration::from_secs(10))
    );
    assert_eq!(schedule.failed(Some(Duration::MAX)), Some(LONGEST));
    assert_eq!(schedule.failures(), 3);
}

#[tokio::test(start_paused = true)]
async fn turns_come_after_their_waits_or_when_somebody_asks() {
    let wake = Notify::new();
    let begun = Instant::now();
    let mut turns = Vec::new();
    let repeating = repeat(&wake, async || {
        turns.push(begun.elapsed().as_secs());
        match turns.len() {
            1 => Some(Duration::from_secs(300)),
            2 => None,
            _ => Some(Duration::from_secs(1000)),
        }
    });
    let asking = async {
        // The second turn is at 300 s and wants no other; this one is asked for at 400 s.
        tokio::time::sleep(Duration::from_secs(400)).await;
        wake.notify_one();
        tokio::time::sleep(Duration::from_secs(100)).await;
    };
    tokio::select! {
        () = repeating => unreachable!("it never ends"),
        () = asking => {}
    }
    assert_eq!(turns, [0, 300, 400]);
}
