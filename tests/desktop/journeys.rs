//! What a person does in the window.

use fantoccini::Locator;

use crate::driver::Window;

const ACME: &str = "pane-acme-main";
const GLOBEX: &str = "pane-globex-main";

/// Chooses both tenants, by the dots that put them into the panes.
async fn choose_both(window: &Window) {
    window
        .see("[data-testid='preview-main']")
        .await
        .click()
        .await
        .unwrap();
    for tenant in ["Acme (acme)", "Globex (globex)"] {
        let row = window
            .see(&format!("[role='option'][aria-label='{tenant}']"))
            .await;
        if row.attr("aria-selected").await.unwrap().as_deref() != Some("true") {
            row.find(Locator::Css("[aria-hidden]"))
                .await
                .unwrap()
                .click()
                .await
                .unwrap();
        }
    }
    window.see(&format!("[data-testid='{ACME}'] iframe")).await;
    window
        .see(&format!("[data-testid='{GLOBEX}'] iframe"))
        .await;
}

async fn read_in(window: &Window, pane: &str, text: &str) {
    window.enter(pane).await;
    window.read(text).await;
    window.leave().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn two_tenants_stand_side_by_side_and_their_requests_are_listed() {
    let window = Window::open().await;
    choose_both(&window).await;
    read_in(&window, ACME, "acme home").await;
    read_in(&window, GLOBEX, "globex home").await;
    for tenant in ["acme", "globex"] {
        window.see_row(tenant, "/").await;
    }
    window.close().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn a_link_followed_in_one_pane_is_followed_in_the_other_and_traced() {
    let window = Window::open().await;
    choose_both(&window).await;
    read_in(&window, GLOBEX, "globex home").await;
    window.enter(ACME).await;
    window.see("#about").await.click().await.unwrap();
    window.read("acme about").await;
    window.leave().await;
    read_in(&window, GLOBEX, "globex about").await;
    for tenant in ["acme", "globex"] {
        window.see_row(tenant, "/about").await;
    }
    window.close().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn a_row_opens_the_route_line_with_every_stop() {
    let window = Window::open().await;
    choose_both(&window).await;
    read_in(&window, ACME, "acme home").await;
    window.see_row("acme", "/").await.click().await.unwrap();
    window.see("[data-testid='route-line']").await;
    for stop in ["host", "preview", "rule", "upstream", "app", "answer"] {
        window
            .see(&format!("[data-testid='route-line'] [data-stop='{stop}']"))
            .await;
    }
    // The Host that the upstream was asked by, among the edits.
    window.read("acme.localhost").await;
    window.close().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn a_cookie_set_in_a_pane_goes_with_its_next_request_and_no_other_panes() {
    let window = Window::open().await;
    choose_both(&window).await;
    read_in(&window, GLOBEX, "globex home").await;
    window.enter(ACME).await;
    window.see("#log-in").await.click().await.unwrap();
    window.see("#about").await.click().await.unwrap();
    window.read("acme about, known as acme").await;
    window.leave().await;
    read_in(&window, GLOBEX, "globex about, a stranger").await;
    window.close().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn a_link_from_elsewhere_opens_its_tenant_and_path() {
    let window =
        Window::open_with(&["tripledash://open?tenant=globex&preview=main&path=/about"]).await;
    read_in(&window, GLOBEX, "globex about").await;
    window.see_row("globex", "/about").await;
    window.close().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn a_pane_popped_out_shows_its_page_to_whom_it_knows() {
    let window = Window::open().await;
    choose_both(&window).await;
    window.enter(ACME).await;
    window.see("#log-in").await.click().await.unwrap();
    window.leave().await;
    window
        .see(&format!("[data-testid='{ACME}'] [aria-label='More']"))
        .await
        .click()
        .await
        .unwrap();
    window.see("[role='menuitem']").await;
    let entry = Locator::XPath("//*[@role='menuitem'][contains(., 'Pop out into a window')]");
    window
        .client
        .find(entry)
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    window.read_in_second("acme home, known as acme").await;
    window.close().await;
}

#[tokio::test]
#[ignore = "needs a display and a WebDriver: cargo xtask test --only desktop"]
async fn a_page_opens_windows_and_cannot_take_the_workbenchs() {
    let window = Window::open().await;
    choose_both(&window).await;
    window.enter(ACME).await;
    window.see("#leave").await.click().await.unwrap();
    window.read("kept inside").await;
    window.see("#open").await.click().await.unwrap();
    window.leave().await;
    window.see_row("acme", "/terms").await;
    window.read_in_second("acme terms").await;
    window.see(&format!("[data-testid='{ACME}'] iframe")).await;
    window.close().await;
}
