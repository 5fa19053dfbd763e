//! The pages. Each page is a `main` that either stands in a whole document or travels alone, when
//! the client asks for it without leaving the page.

mod account;
mod frame;
mod shop;

pub(crate) use account::{account, basket, stock_room, trade};
pub(crate) use frame::{Page, document, landing, missing, no_shop, protected};
pub(crate) use shop::{home, journal, product};
