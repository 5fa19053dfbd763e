//! What happens by itself in a shop: stock that falls and rises, and orders that come in.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::wrappers::IntervalStream;
use tokio_util::sync::CancellationToken;

use crate::brands::Brand;

const STOCK_EVERY: Duration = Duration::from_secs(2);
const ORDER_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize)]
struct Stock {
    product: u32,
    stock: u32,
}

/// Sends one product's stock at a time, until either side goes.
pub(crate) async fn ticker(mut socket: WebSocket, brand: &'static Brand, over: CancellationToken) {
    let mut ticks = interval(STOCK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut turn = 0_u32;
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let Some(stock) = stock(brand, turn) else { return };
                let Ok(text) = serde_json::to_string(&stock) else { return };
                if socket.send(Message::Text(text.into())).await.is_err() {
                    return;
                }
                turn = turn.wrapping_add(1);
            }
            // The page sends nothing but its farewell.
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            () = over.cancelled() => {
                // The page may be gone already: then there is nobody to say farewell to.
                let _gone = socket.send(Message::Close(None)).await;
                return;
            }
        }
    }
}

/// Stock goes through the goods in turn, and swings by at most five.
fn stock(brand: &Brand, turn: u32) -> Option<Stock> {
    let count = u32::try_from(brand.products.len()).ok()?;
    let product = brand
        .products
        .get(usize::try_from(turn.checked_rem(count)?).ok()?)?;
    let swing = (turn / count * 7 + product.id) % 6;
    Some(Stock {
        product: product.id,
        stock: product.stock.saturating_sub(swing),
    })
}

/// Tells of orders as they come in.
pub(crate) fn feed(
    brand: &'static Brand,
    over: CancellationToken,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let orders = IntervalStream::new(interval(ORDER_EVERY))
        .enumerate()
        .map(move |(turn, _)| {
            let name = brand
                .products
                .get((turn * 3) % brand.products.len().max(1))
                .map_or(brand.name, |product| product.name);
            Ok(Event::default()
                .event("order")
                .id(turn.to_string())
                .data(name))
        })
        .take_until(over.cancelled_owned());
    Sse::new(orders).keep_alive(KeepAlive::default())
}
