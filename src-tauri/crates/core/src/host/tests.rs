use proptest::prelude::*;

use super::*;

#[test]
fn one_spelling_for_one_host() {
    for (text, wanted) in [
        ("LOCALHOST", "localhost"),
        ("acme.localhost.", "acme.localhost"),
        (
            "Acme---Main.Tripledash.Localhost",
            "acme---main.tripledash.localhost",
        ),
        ("my_app.localhost", "my_app.localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[0:0:0:0:0:0:0:1]", "[::1]"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"),
    ] {
        assert_eq!(text.parse::<Host>().unwrap().to_string(), wanted, "{text}");
    }
}

#[test]
fn refusals_say_what_was_found() {
    for (text, reason) in [
        ("", "empty"),
        (".", "empty"),
        ("a..b", "empty label"),
        (".a", "empty label"),
        ("a..", "empty label"),
        ("a b", "' '"),
        ("a/b", "'/'"),
        ("a%2eb", "'%'"),
        ("::1", "[::1]"),
        ("[::1", "no ]"),
        ("[fe80::1%eth0]", "zone"),
        ("127.1", "four numbers"),
        ("256.0.0.1", "four numbers"),
        ("0x7f000001", "four numbers"),
        ("1", "four numbers"),
        ("a:80", "':'"),
    ] {
        let error = text.parse::<Host>().unwrap_err();
        assert!(error.reason.contains(reason), "{text}: {error}");
    }
}

#[test]
fn a_name_is_at_most_253_octets() {
    let longest = format!("{}.example", "a".repeat(MAX_NAME - ".example".len()));
    assert!(longest.parse::<Host>().is_ok());
    assert!(
        format!("a{longest}")
            .parse::<Host>()
            .unwrap_err()
            .reason
            .contains("254 octets")
    );
    assert!("a".repeat(100_000).parse::<Host>().unwrap_err().text.len() < 400);
}

#[test]
fn authorities() {
    for (text, host, port) in [
        ("acme.localhost:3000", "acme.localhost", Some(3000)),
        ("acme.localhost", "acme.localhost", None),
        ("acme.localhost:", "acme.localhost", None),
        ("[::1]:80", "[::1]", Some(80)),
        ("[::1]", "[::1]", None),
        ("Acme.LOCALHOST.:7333", "acme.localhost", Some(7333)),
    ] {
        let authority: Authority = text.parse().unwrap();
        assert_eq!(
            (authority.host.to_string().as_str(), authority.port),
            (host, port),
            "{text}"
        );
    }
    for (text, reason) in [
        ("a:99999", "over 65535"),
        ("a:8o", "wanted a port"),
        ("a:-1", "wanted a port"),
        ("a:+1", "wanted a port"),
        (":80", "empty"),
        ("u@a", "user name"),
        ("::1", "[::1]"),
        ("[::1]x:80", "no ]"),
    ] {
        let error = text.parse::<Authority>().unwrap_err();
        assert!(error.reason.contains(reason), "{text}: {error}");
    }
}

#[test]
fn strip_base_wants_a_whole_label() {
    let base: Host = "tripledash.localhost".parse().unwrap();
    for (text, wanted) in [
        ("tripledash.localhost", Some("")),
        ("a.tripledash.localhost", Some("a")),
        ("a.b.tripledash.localhost", Some("a.b")),
        ("atripledash.localhost", None),
        ("localhost", None),
        ("127.0.0.1", None),
    ] {
        let host: Host = text.parse().unwrap();
        assert_eq!(host.strip_base(&base), wanted, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = (text.parse::<Host>().is_ok(), text.parse::<Authority>().is_ok());
    }

    #[test]
    fn no_host_like_text_panics(text in "[-a-z0-9.:\\[\\]@_xX%é]{0,80}") {
        if let Ok(authority) = text.parse::<Authority>() {
            prop_assert_eq!(authority.to_string().parse::<Authority>().unwrap(), authority);
        }
    }
}
