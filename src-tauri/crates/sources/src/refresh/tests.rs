use super::*;

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
    let mut schedule = Schedule::new(Some(Duration::from_secs(30)));
    let hour = Duration::from_secs(3600);
    assert_eq!(schedule.failed(Some(hour)), Some(hour));
    assert_eq!(
        schedule.failed(Some(Duration::ZERO)),
        Some(Duration::from_secs(10))
    );
    assert_eq!(schedule.failed(Some(Duration::MAX)), Some(LONGEST));
}
