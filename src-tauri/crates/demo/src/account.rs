//! Who asks: a visitor with a basket, and perhaps a role. Kept in memory, found by a cookie.

use std::collections::HashMap;

use http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;

/// What a visitor may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Customer,
    Shopkeeper,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Shopkeeper => "shopkeeper",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Customer, Self::Shopkeeper]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// One visitor of one shop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visitor {
    pub(crate) role: Option<Role>,
    pub(crate) basket: Vec<u32>,
}

const COOKIE: &str = "shop-session";

/// How many visitors are remembered before all are forgotten.
const REMEMBERED: usize = 10_000;

/// Every visitor of one preview, by the secret in the cookie and the shop.
#[derive(Debug, Default)]
pub(crate) struct Visitors(Mutex<HashMap<(String, String), Visitor>>);

impl Visitors {
    /// The visitor that the request's cookie names.
    pub(crate) fn of(&self, headers: &HeaderMap, shop: &str) -> Option<Visitor> {
        let secret = secret(headers)?;
        self.0
            .lock()
            .get(&(secret.to_owned(), shop.to_owned()))
            .cloned()
    }

    /// Changes the visitor; the cookie to set where there was none.
    pub(crate) fn change(
        &self,
        headers: &HeaderMap,
        shop: &str,
        change: impl FnOnce(&mut Visitor),
    ) -> Option<HeaderValue> {
        let known = secret(headers).map(str::to_owned);
        let secret = known
            .clone()
            .unwrap_or_else(|| format!("{:032x}", rand::random::<u128>()));
        let mut visitors = self.0.lock();
        if visitors.len() >= REMEMBERED {
            visitors.clear();
        }
        change(
            visitors
                .entry((secret.clone(), shop.to_owned()))
                .or_default(),
        );
        if known.is_some() {
            return None;
        }
        HeaderValue::try_from(format!(
            "{COOKIE}={secret}; Path=/; HttpOnly; Secure; SameSite=Lax"
        ))
        .ok()
    }
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}
