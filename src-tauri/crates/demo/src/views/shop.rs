//! What is for sale, and what there is to read.

use maud::{Markup, html};

use super::frame::Page;
use crate::brands::Product;

/// The front page of a shop.
pub(crate) fn home(page: Page<'_>) -> (String, Markup) {
    let brand = page.brand;
    let words = brand.words;
    (
        words.shop.to_owned(),
        html! {
            section.hero {
                div {
                    h1 { (brand.headline) }
                    p { (brand.promise) }
                    a.button.inverse href="/products/42" { (brand.products.first().map_or(words.shop, |product| product.name)) }
                }
                @if let Some(product) = brand.products.first() {
                    img src=(picture(page, product)) alt="" width="320" height="240";
                }
            }
            div.ticker role="group" aria-label=(words.in_stock) data-ticker {
                @for product in brand.products {
                    span data-product=(product.id) { (product.name) " " b { (product.stock) } " " (words.in_stock) }
                }
            }
            section.grid { @for product in brand.products { (card(page, product)) } }
            section.teaser {
                p.eyebrow { (words.journal) }
                blockquote { (brand.story.first().copied().unwrap_or_default()) }
                a href="/journal" { (words.see_all) }
            }
        },
    )
}

fn card(page: Page<'_>, product: &Product) -> Markup {
    html! {
        article.card {
            a href={ "/products/" (product.id) } {
                img src=(picture(page, product)) alt="" width="320" height="240" loading="lazy";
                h2 { (product.name) }
            }
            p.price { (product.price) }
            (add_button(page, product))
        }
    }
}

/// The redesign forgot the button of one brand.
fn add_button(page: Page<'_>, product: &Product) -> Markup {
    let forgotten = page.preview.redesigned() && page.brand.id.starts_with("northern-lights");
    html! {
        @if !forgotten {
            form method="post" action="/basket" {
                input type="hidden" name="product" value=(product.id);
                button.button type="submit" { (page.brand.words.add) }
            }
        }
    }
}

fn picture(page: Page<'_>, product: &Product) -> String {
    format!("/_next/static/media/{}/{}.svg", page.brand.id, product.id)
}

/// One product.
pub(crate) fn product(page: Page<'_>, product: &Product) -> (String, Markup) {
    (
        product.name.to_owned(),
        html! {
            section.product {
                img src=(picture(page, product)) alt=(product.name) width="320" height="240";
                div {
                    p.eyebrow { (page.brand.words.shop) }
                    h1 { (product.name) }
                    p { (product.text) }
                    p.price { (product.price) }
                    p.stock data-ticker { span data-product=(product.id) { b { (product.stock) } " " (page.brand.words.in_stock) } }
                    (add_button(page, product))
                }
            }
        },
    )
}

/// What there is to read.
pub(crate) fn journal(page: Page<'_>) -> (String, Markup) {
    (
        page.brand.words.journal.to_owned(),
        html! {
            section.narrow {
                p.eyebrow { (page.brand.words.journal) }
                h1 { (page.brand.headline) }
                @for paragraph in page.brand.story { p.lead { (paragraph) } }
                a.button href="/" { (page.brand.words.back_home) }
            }
        },
    )
}
