//! An array of tenants, or an object that has one at `tenants`.
//!
//! Values are looked at where they stand and copied once they are known to be good, so a list of
//! fifty thousand is read about as fast as it can be skipped.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::collect::{Collected, Draft, Field, quote};
use super::place::Lines;
use super::text::Unusable;

/// Reads tenants out of a JSON text.
pub(super) fn read<'t>(text: &'t str, name: &'t str) -> Result<Collected<'t>, Unusable> {
    let list = if text.trim_start().starts_with('{') {
        let root: Root<'_> = parse(text, text)?;
        root.list(text)?
    } else {
        text
    };
    if !list.trim_start().starts_with('[') {
        // Whatever it is, it must be JSON, or else that is what there is to say.
        let _: IgnoredAny = parse(list, text)?;
        let found = describe(list.trim_start());
        return Err(not_a_list(&found).at(Lines::of(text).position(offset(text, list))));
    }
    let mut collected = Collected::new(text, name, list.len() / TYPICAL);
    let mut record = 0;
    let mut unusable = None;
    let take = |raw: &'t str| {
        record += 1;
        let taken = element(raw, record, text, &mut collected);
        taken.map_err(|error| unusable = Some(error)).is_ok()
    };
    let read = parse_with(Elements(take), list, text);
    // Ours is what ended the reading, where it is there.
    match unusable {
        Some(unusable) => Err(unusable),
        None => read.map(|()| collected),
    }
}

/// The octets of a tenant with most of its fields.
const TYPICAL: usize = 128;

fn element<'t>(
    raw: &'t str,
    record: u32,
    text: &'t str,
    collected: &mut Collected<'t>,
) -> Result<(), Unusable> {
    if raw.starts_with('{') {
        let object: Object<'t> = parse(raw, text)?;
        object.add(record, offset(text, raw), text, collected);
    } else {
        let hint = raw
            .starts_with('"')
            .then(|| format!("{{ \"id\": {raw} }} would do"));
        let at = offset(text, raw);
        collected.leave_out(record, at, &describe(raw), "an object with an id", hint);
    }
    Ok(())
}

/// Hands on the elements of an array one by one, until one is not taken: there may be tens of
/// millions.
struct Elements<F>(F);

impl<'de, F: FnMut(&'de str) -> bool> DeserializeSeed<'de> for Elements<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&'de str) -> bool> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&RawValue>()? {
            if !(self.0)(element.get()) {
                return Err(de::Error::custom("an element is not taken"));
            }
        }
        Ok(())
    }
}

fn not_a_list(found: &str) -> Unusable {
    Unusable::new(
        format!("found {found}, wanted an array of tenants, or an object with one at \"tenants\""),
        "like [{ \"id\": \"acme\", \"name\": \"Acme\" }]",
    )
}

/// Deserialises a part of a text, and says where in the whole it went wrong.
fn parse<'t, T: Deserialize<'t>>(part: &'t str, text: &'t str) -> Result<T, Unusable> {
    parse_with(PhantomData, part, text)
}

fn parse_with<'t, S: DeserializeSeed<'t>>(
    seed: S,
    part: &'t str,
    text: &'t str,
) -> Result<S::Value, Unusable> {
    let mut deserializer = serde_json::Deserializer::from_str(part);
    let read = seed.deserialize(&mut deserializer);
    let read = read.and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let inside = Lines::of(part).offset(error.line(), error.column());
        let said = error.to_string();
        let what = said.split(" at line ").next().unwrap_or(&said);
        let hint = "check it with a JSON validator; comments and trailing commas are not JSON";
        Unusable::new(format!("it is not JSON: {what}"), hint)
            .at(Lines::of(text).position(offset(text, part) + inside))
    })
}

/// Where a part of a text stands in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize)
        .saturating_sub(text.as_ptr() as usize)
        .min(text.len())
}

/// The outermost object.
struct Root<'t> {
    tenants: Option<&'t RawValue>,
    keys: Vec<Cow<'t, str>>,
}

impl<'t> Root<'t> {
    fn list(self, text: &str) -> Result<&'t str, Unusable> {
        if let Some(tenants) = self.tenants {
            return Ok(tenants.get());
        }
        let keys: Vec<_> = self.keys.iter().take(10).map(|key| quote(key)).collect();
        let found = match keys.as_slice() {
            [] => "an object with no keys".to_owned(),
            keys => format!("an object with {}", keys.join(", ")),
        };
        let start = text.len() - text.trim_start().len();
        Err(not_a_list(&found).at(Lines::of(text).position(start)))
    }
}

impl<'de: 't, 't> Deserialize<'de> for Root<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Root<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Root<'de>, A::Error> {
                let (mut tenants, mut keys) = (None, Vec::new());
                while let Some(Word(key)) = map.next_key()? {
                    if key == "tenants" {
                        tenants = Some(map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                        keys.push(key);
                    }
                }
                Ok(Root { tenants, keys })
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// A string, borrowed where it has no escapes.
struct Word<'t>(Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for Word<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Word<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Word<'de>, E> {
                Ok(Word(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Word<'de>, E> {
                Ok(Word(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// One tenant's values, where they stand.
struct Object<'t>([Option<&'t RawValue>; Field::ALL.len()]);

impl<'de: 't, 't> Deserialize<'de> for Object<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut values = [None; Field::ALL.len()];
                while let Some(Word(key)) = map.next_key()? {
                    match Field::ALL.into_iter().find(|field| field.name() == key) {
                        Some(field) => values[field as usize] = Some(map.next_value()?),
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Object(values))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

impl<'t> Object<'t> {
    fn add(&self, record: u32, start: usize, text: &'t str, collected: &mut Collected<'t>) {
        let place = |field: Field| {
            let value = self.0[field as usize];
            value.map_or(start, |value| offset(text, value.get()))
        };
        let raw = self.0[Field::Id as usize].map(|value| value.get());
        if let Some(raw) = raw.filter(|raw| *raw != "null" && string(raw).is_none()) {
            let hint = raw
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| format!("\"{raw}\" would do"));
            let found = format!("{} as its id", describe(raw));
            collected.leave_out(record, place(Field::Id), &found, "a string", hint);
            return;
        }
        let mut one = |field: Field| {
            let raw = self.0[field as usize]?.get();
            let value = string(raw);
            if value.is_none() && raw != "null" {
                collected.leave_empty(record, place(field), field, &describe(raw), "a string");
            }
            value
        };
        let mut draft = Draft {
            id: one(Field::Id).unwrap_or_default(),
            name: one(Field::Name).unwrap_or_default(),
            color: one(Field::Color).unwrap_or_default(),
            locale: one(Field::Locale).unwrap_or_default(),
            ..Draft::default()
        };
        let mut many = |field: Field| -> Vec<Cow<'t, str>> {
            let Some(value) = self.0[field as usize].filter(|value| value.get() != "null") else {
                return Vec::new();
            };
            if let Ok(words) = serde_json::from_str::<Vec<Word<'t>>>(value.get()) {
                return words.into_iter().map(|Word(text)| text).collect();
            }
            let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
                let found = describe(value.get());
                let wanted = "an array of strings";
                collected.leave_empty(record, place(field), field, &found, wanted);
                return Vec::new();
            };
            let mut texts = Vec::with_capacity(elements.len());
            for element in elements {
                let raw = element.get();
                match string(raw) {
                    Some(text) => texts.push(text),
                    None => {
                        let at = offset(text, raw);
                        collected.leave_empty(record, at, field, &describe(raw), "a string");
                    }
                }
            }
            texts
        };
        draft.domains = many(Field::Domains);
        draft.tags = many(Field::Tags);
        collected.add(record, &draft, &place);
    }
}

/// The value of a raw string.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// A raw value in a few words.
fn describe(raw: &str) -> String {
    match raw.as_bytes().first() {
        Some(b'"') => string(raw).map_or_else(|| quote(raw), |text| quote(&text)),
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "an array".to_owned(),
        Some(b't' | b'f') => raw.trim_end().to_owned(),
        Some(b'n') => "null".to_owned(),
        _ => format!("the number {}", raw.trim_end()),
    }
}

#[cfg(test)]
mod tests;
