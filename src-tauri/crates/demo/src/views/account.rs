//! Pages that know who asks.

use maud::{Markup, html};

use super::frame::Page;
use crate::account::Role;

/// The account, or the door to it.
pub(crate) fn account(page: Page<'_>) -> (String, Markup) {
    let words = page.brand.words;
    (
        words.account.to_owned(),
        html! {
            section.narrow {
                p.eyebrow { (words.account) }
                @match page.visitor.and_then(|visitor| visitor.role.map(|role| (visitor, role))) {
                    Some((_, role)) => {
                        h1 { (words.signed_in_as) " " span data-role=(role.name()) { (role.name()) } }
                        p { a.button href="/stock-room" { (words.stock_room) } }
                        form method="post" action="/account/sign-out" { button.button.quiet type="submit" { (words.sign_out) } }
                    }
                    None => {
                        h1 { (words.sign_in) }
                        form.stack method="post" action="/account/sign-in" {
                            button.button type="submit" name="role" value="customer" { (words.as_visitor) }
                            button.button.quiet type="submit" name="role" value="shopkeeper" { (words.as_admin) }
                        }
                    }
                }
            }
        },
    )
}

/// What the shopkeeper sees and nobody else.
pub(crate) fn stock_room(page: Page<'_>) -> (String, Markup) {
    let words = page.brand.words;
    let allowed = page
        .visitor
        .is_some_and(|visitor| visitor.role == Some(Role::Shopkeeper));
    (
        words.stock_room.to_owned(),
        html! {
            section.narrow {
                p.eyebrow { (words.stock_room) }
                @if allowed {
                    h1 { (words.stock_room) }
                    table {
                        @for product in page.brand.products {
                            tr { th scope="row" { (product.name) } td.number { (product.stock) } }
                        }
                    }
                } @else {
                    h1 { (words.not_allowed) }
                    a.button href="/account" { (words.account) }
                }
            }
        },
    )
}

/// What was put in the basket.
pub(crate) fn basket(page: Page<'_>) -> (String, Markup) {
    let words = page.brand.words;
    let chosen = page
        .visitor
        .map(|visitor| visitor.basket.as_slice())
        .unwrap_or_default();
    (
        words.basket.to_owned(),
        html! {
            section.narrow {
                p.eyebrow { (words.basket) }
                @if chosen.is_empty() { h1 { (words.empty_basket) } } @else { h1 { (words.added) } }
                ul.plain-list {
                    @for product in chosen.iter().filter_map(|id| page.brand.products.iter().find(|product| product.id == *id)) {
                        li { b { (product.name) } " " span.price { (product.price) } }
                    }
                }
                a.button.quiet href="/" { (words.back_home) }
            }
        },
    )
}

/// The door to a trade account.
pub(crate) fn trade(page: Page<'_>) -> (String, Markup) {
    let words = page.brand.words;
    (
        words.trade.to_owned(),
        html! {
            section.narrow {
                p.eyebrow { (words.trade) }
                h1 { (words.trade) }
                p.lead { (words.trade_text) }
                a.button href="/trade/open" data-hard { (words.open_trade) }
            }
        },
    )
}
