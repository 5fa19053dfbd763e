use super::super::text;
use super::*;

fn edited(line: &[u8]) -> (Vec<u8>, Vec<Edit>) {
    let mut headers = HeaderMap::new();
    headers.insert(SET_COOKIE, HeaderValue::from_bytes(line).unwrap());
    let mut made = Vec::new();
    edit(&mut headers, &mut made);
    (headers[SET_COOKIE].as_bytes().to_vec(), made)
}

#[test]
fn cookies_are_made_local() {
    for (line, wanted, edits) in [
        (
            "sid=1; Path=/; HttpOnly; SameSite=Lax",
            "sid=1; Path=/; HttpOnly; SameSite=Lax",
            0,
        ),
        ("sid=1; Domain=.acme.com; Path=/", "sid=1; Path=/", 1),
        ("sid=1; Domain; Path=/", "sid=1; Path=/", 1),
        ("sid=1; Domain=a; DOMAIN=b", "sid=1", 1),
        (
            "sid=1; secure; SameSite=none; Partitioned",
            "sid=1; SameSite=Lax",
            3,
        ),
        (
            "sid=1; Secure=yes; samesite = NONE",
            "sid=1; SameSite=Lax",
            2,
        ),
        ("sid=1 ;Secure;;Path=/a", "sid=1; Path=/a", 1),
        (
            "__Host-sid=1; Path=/; Secure",
            "tripledash-__Host-sid=1; Path=/",
            2,
        ),
        ("__secure-sid=1; Secure", "tripledash-__secure-sid=1", 2),
        ("__Http-sid=1", "tripledash-__Http-sid=1", 1),
        ("__Host-Http-sid=1", "tripledash-__Host-Http-sid=1", 1),
        ("__HostHttp-sid=1", "tripledash-__HostHttp-sid=1", 1),
        ("__Hostess=1", "__Hostess=1", 0),
        ("a=__Host-b=1", "a=__Host-b=1", 0),
        ("__Host-a", "__Host-a", 0),
        ("=__Host-a=1", "=__Host-a=1", 0),
        ("novalue; Secure", "novalue", 1),
        ("sid=; Max-Age=0; domain=x", "sid=; Max-Age=0", 1),
        ("sid=1; SameSite=Strict", "sid=1; SameSite=Strict", 0),
        (
            "sid=\"1; x\"; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure",
            "sid=\"1; x\"; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
            1,
        ),
        ("", "", 0),
    ] {
        let (after, made) = edited(line.as_bytes());
        assert_eq!(
            (String::from_utf8(after).unwrap().as_str(), made.len()),
            (wanted, edits),
            "{line}"
        );
        assert!(
            made.iter()
                .all(|edit| !edit.before.as_deref().unwrap_or_default().contains("=1")),
            "{made:?}"
        );
    }
}

#[test]
fn bytes_outside_ascii_stay_as_they_came() {
    for value in ["a=Zürich; Domain=x".as_bytes(), b"a=Z\xfcrich; Domain=x"] {
        let kept = &value[..value.len() - "; Domain=x".len()];
        assert_eq!(edited(value).0, kept);
    }
}

#[test]
fn every_line_is_kept_in_order() {
    let mut headers = HeaderMap::new();
    for line in ["a=1", "b=2; Domain=x", "c=3"] {
        headers.append(SET_COOKIE, HeaderValue::from_static(line));
    }
    edit(&mut headers, &mut Vec::new());
    let lines: Vec<String> = headers.get_all(SET_COOKIE).iter().map(text).collect();
    assert_eq!(lines, ["a=1", "b=2", "c=3"]);
}

#[test]
fn names_go_out_and_come_back() {
    let names = [
        "sid",
        "__Host-sid",
        "__HOST-sid",
        "__Secure-",
        "__Http-a",
        "tripledash-sid",
        "tripledash-__Host-sid",
        "tripledash-tripledash-__Host-sid",
    ];
    let mut kept = Vec::new();
    for name in names {
        let (line, _) = edited(format!("{name}=v; Path=/").as_bytes());
        let pair = line.split(|byte| *byte == b';').next().unwrap().to_vec();
        let back = restore_names(&pair).unwrap_or_else(|| pair.clone());
        assert_eq!(String::from_utf8(back).unwrap(), format!("{name}=v"));
        kept.push(pair);
    }
    kept.sort();
    kept.dedup();
    assert_eq!(kept.len(), names.len(), "no two names become one");
}

#[test]
fn only_names_are_restored() {
    for (line, wanted) in [
        (
            &b"a=1;tripledash-__Host-b=2;  c=3"[..],
            &b"a=1;__Host-b=2;  c=3"[..],
        ),
        (
            b"  tripledash-__Secure-a=\xff\xfe; b=\"x\"",
            b"  __Secure-a=\xff\xfe; b=\"x\"",
        ),
        (
            b"tripledash-__Http-a=1;tripledash-__Host-b=tripledash-__Host-c",
            b"__Http-a=1;__Host-b=tripledash-__Host-c",
        ),
        (
            b"tripledash-tripledash-__Host-a=1;",
            b"tripledash-__Host-a=1;",
        ),
    ] {
        assert_eq!(restore_names(line).as_deref(), Some(wanted));
    }
    for line in [
        &b""[..],
        b"a=tripledash-__Host-b",
        b"tripledash-a=1",
        b"a; ; b",
    ] {
        assert_eq!(restore_names(line), None);
    }
}
