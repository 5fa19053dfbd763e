//! The document around a page: head, header, footer; and the pages that belong to no shop.

use maud::{DOCTYPE, Markup, html};

use crate::account::Visitor;
use crate::brands::{BRANDS, Brand, brand};
use crate::preview::Preview;

/// What a page is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) brand: &'static Brand,
    pub(crate) preview: Preview,
    pub(crate) visitor: Option<&'a Visitor>,
    /// The path that the browser asked for.
    pub(crate) path: &'a str,
}

impl Page<'_> {
    /// The redesign serves this brand's header out of a cache that forgot the tenant in its key.
    pub(crate) fn header_brand(&self) -> &'static Brand {
        if self.preview.redesigned() && self.brand.id == "umbra" {
            brand("acme").unwrap_or(self.brand)
        } else {
            self.brand
        }
    }
}

/// A whole document.
pub(crate) fn document(page: Page<'_>, title: &str, main: &Markup) -> Markup {
    let brand = page.brand;
    html! {
        (DOCTYPE)
        html lang=(brand.locale) dir=(brand.direction()) data-brand=(brand.id) data-preview=(page.preview.name()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title.replace('\u{ad}', "")) " · " (brand.name) }
                link rel="stylesheet" href="/_next/static/css/shop.css";
                link rel="stylesheet" href="/_next/static/css/brands.css";
                @if page.preview.redesigned() { link rel="stylesheet" href="/_next/static/css/redesign.css"; }
                link rel="icon" type="image/svg+xml" href={ "/_next/static/media/" (brand.id) "/logo.svg" };
                style { (look(brand)) }
                script src="/_next/static/chunks/shop.js" defer {}
            }
            body {
                (header(page))
                main id="main" tabindex="-1" { (main) }
                (footer(page))
            }
        }
    }
}

fn look(brand: &Brand) -> String {
    let look = brand.look;
    format!(
        ":root{{--accent:{};--on-accent:{};--ground:{};--card:{};--text:{};--soft:{};--line:{};--radius:{};--display:{};--body:{}}}",
        look.accent,
        look.on_accent,
        look.ground,
        look.card,
        look.text,
        look.soft,
        look.line,
        look.radius,
        look.display,
        look.body
    )
}

fn header(page: Page<'_>) -> Markup {
    let shown = page.header_brand();
    let words = page.brand.words;
    let links = [
        ("/", words.shop),
        ("/journal", words.journal),
        ("/trade", words.trade),
        ("/account", words.account),
    ];
    html! {
        header.top {
            a.brand href="/" {
                img src=(logo_path(shown)) alt="" width="28" height="28";
                span { (shown.name) }
            }
            nav aria-label=(words.shop) {
                @for (path, label) in links {
                    a href=(path) aria-current=[(path == page.path).then_some("page")] { (label) }
                }
            }
            a.basket href="/basket" { (words.basket) span.count { (page.visitor.map_or(0, |visitor| visitor.basket.len())) } }
        }
    }
}

/// Most shops keep their logo with the built files. Marlow keeps it in the public folder, where the
/// reference matcher takes it for a page.
fn logo_path(brand: &Brand) -> String {
    if brand.id == "marlow" {
        "/logo.svg".to_owned()
    } else {
        format!("/_next/static/media/{}/logo.svg", brand.id)
    }
}

fn footer(page: Page<'_>) -> Markup {
    let words = page.brand.words;
    html! {
        footer.foot {
            section.feed aria-label=(words.just_ordered) {
                h2 { (words.just_ordered) }
                ul data-feed {}
            }
            p.small { (page.brand.name) " · " span.build { (page.preview.name()) } }
        }
    }
}

/// The front page of a host without a tenant.
///
/// `authority` is that host and its port; each shop answers on it with its id and `---` before.
pub(crate) fn landing(preview: Preview, authority: &str) -> Markup {
    plain(
        "Six shops, one deployment",
        &html! {
            h1 { "Six shops, one deployment" }
            p { "This is the preview " b { (preview.name()) } ", with no tenant in its host. A shop's id and three dashes before it open that shop:" }
            ul.plain-list {
                @for brand in BRANDS.iter().filter(|brand| fits(brand, preview)) {
                    li { span.swatch style={ "background:" (brand.color) } {} a href={ "//" (brand.id) "---" (authority) "/" } { b { (brand.name) } } " " code { (brand.id) "---" } }
                }
            }
        },
    )
}

/// Whether both names and the three dashes between them fit into one label of a host name.
fn fits(brand: &Brand, preview: Preview) -> bool {
    brand.id.len() + "---".len() + preview.name().len() <= 63
}

/// A path that this shop does not know.
pub(crate) fn missing(page: Page<'_>) -> Markup {
    document(
        page,
        "404",
        &html! {
            section.narrow {
                p.eyebrow { "404" }
                h1 { (page.brand.words.not_found) }
                p { code { (page.path) } }
                a.button href="/" { (page.brand.words.back_home) }
            }
        },
    )
}

/// A host that names a shop nobody knows, or none at all.
pub(crate) fn no_shop(named: Option<&str>) -> Markup {
    plain(
        "No such shop",
        &html! {
            h1 { "No such shop" }
            @match named {
                Some(id) => p { "The host names " code { (id) } ", and no shop has that id." },
                None => p { "The host names no shop. " a href="/" { "See which there are" } "." },
            }
        },
    )
}

/// What a protected deployment answers to a stranger.
pub(crate) fn protected() -> Markup {
    plain(
        "Authentication Required",
        &html! {
            h1 { "Authentication Required" }
            p { "This preview is behind deployment protection. A person signs in; a tool sends the secret of the project in the header " code { "x-vercel-protection-bypass" } "." }
            p { "In this demo the secret is " code { "open-sesame" } ". Add it to the preview in tripledash.json:" }
            pre { "\"headers\": { \"x-vercel-protection-bypass\": \"open-sesame\" }" }
        },
    )
}

fn plain(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/_next/static/css/shop.css";
            }
            body.plain { main.plain-main { (body) } }
        }
    }
}
