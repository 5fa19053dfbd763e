// Keeps the page while the visitor moves about: asks for the next page's main part, and puts it in place.
(() => {
  const main = document.getElementById("main");
  if (!main) return;

  /** A short name for what is asked, as flight requests carry one. */
  const key = (path) => [...path].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) >>> 0, 7).toString(36);

  const show = async (url) => {
    const asked = new URL(url);
    asked.searchParams.set("_rsc", key(asked.pathname));
    const answer = await fetch(asked, { headers: { RSC: "1" } });
    if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/x-component")) return false;
    const flight = await answer.text();
    const end = flight.indexOf("\n");
    document.title = flight.slice(0, end);
    main.innerHTML = flight.slice(end + 1);
    for (const link of document.querySelectorAll(".top nav a")) {
      if (new URL(link.href).pathname === asked.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    return true;
  };

  const go = async (url, push) => {
    const shown = await show(url).catch(() => false);
    if (!shown) return location.assign(url);
    if (push) {
      history.pushState(null, "", url);
      scrollTo(0, 0);
      main.focus({ preventScroll: true });
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || "hard" in link.dataset) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || (url.pathname === location.pathname && url.hash)) return;
    event.preventDefault();
    go(url.href, true);
  });
  addEventListener("popstate", () => go(location.href, false));

  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const ticker = new WebSocket(`${scheme}://${location.host}/api/ticker`);
  ticker.addEventListener("message", ({ data }) => {
    const { product, stock } = JSON.parse(data);
    for (const line of document.querySelectorAll(`[data-product="${product}"]`)) {
      const count = line.querySelector("b");
      if (!count || count.textContent === String(stock)) continue;
      count.textContent = String(stock);
      line.classList.add("moved");
      setTimeout(() => line.classList.remove("moved"), 900);
    }
  });

  const orders = new EventSource("/api/feed");
  const feed = document.querySelector("[data-feed]");
  orders.addEventListener("order", ({ data }) => {
    const line = document.createElement("li");
    line.textContent = data;
    feed?.prepend(line);
    while (feed && feed.children.length > 2) feed.lastChild.remove();
  });
  addEventListener("pagehide", () => {
    ticker.close();
    orders.close();
  });
})();
