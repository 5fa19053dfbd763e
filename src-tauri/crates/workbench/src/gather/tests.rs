use indexmap::IndexMap;

use super::*;

fn command(refresh: u64) -> Wanted {
    Wanted::TenantCommand {
        folder: PathBuf::from("/w"),
        words: vec!["list".to_owned()],
        refresh: Some(Duration::from_secs(refresh)),
    }
}

fn turned_to(looks: &mut Looks, wanted: Wanted) -> u64 {
    looks.turn_to(Some(wanted), Vec::new(), &CancellationToken::new(), |_| {});
    looks.tenants.as_ref().unwrap().id
}

fn news(id: u64, seconds: i64, told: Told) -> News {
    let at = Timestamp(seconds * 1_000_000);
    News { id, at, told }
}

fn list(seconds: i64) -> Told {
    let reading = TenantsReading {
        tenants: Arc::new(IndexMap::new()),
        problems: Vec::new(),
        left_out: 0,
        fetched_at: Timestamp(seconds * 1_000_000),
        stale: None,
    };
    Ok(Answer::Read(Reading::Tenants(Arc::new(reading))))
}

#[test]
fn what_is_said_again_is_read_again() {
    let mut looks = Looks::default();
    let id = turned_to(&mut looks, command(5));
    assert!(looks.hear(news(id, 1, list(1))));
    // Nobody has to be told at once.
    assert!(!looks.hear(news(id, 31, Ok(Answer::Same))));
    assert!(looks.hear(news(id, 61, Ok(Answer::Same))));
    assert!(!looks.hear(news(id, 91, Ok(Answer::Same))));
    assert!(looks.hear(news(id, 92, Err(Failure::new("it is gone", None)))));
    let look = looks.tenants.unwrap();
    assert_eq!(look.read_at, Some(Timestamp(91_000_000)));
    assert_eq!(look.status(), SourceStatus::Stale);
}

#[test]
fn what_another_said_is_not_good_before_it_is_asked() {
    let mut looks = Looks::default();
    let id = turned_to(&mut looks, command(5));
    looks.hear(news(id, 1, list(1)));
    looks.hear(news(id, 2, Err(Failure::new("it is gone", None))));
    let id = turned_to(&mut looks, command(6));
    let look = looks.tenants.as_ref().unwrap();
    assert!(look.reading.is_some());
    assert_eq!(look.status(), SourceStatus::Reading);
    looks.hear(news(id, 3, list(3)));
    assert_eq!(looks.tenants.unwrap().status(), SourceStatus::Good);
}
