import { createServer, type IncomingHttpHeaders } from "node:http";

/** A request as a page's owner sees it. */
export type Seen = { host: string; path: string; headers: IncomingHttpHeaders };

/** An app whose pages do what a test tells them to, and that keeps every request which reaches it. */
export type Hostile = { port: number; seen: Seen[]; stop: () => Promise<void> };

/** Serves an empty page at every path but those that `pages` names. */
export async function startHostile(pages: Record<string, string> = {}): Promise<Hostile> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    seen.push({ host: request.headers.host ?? "", path, headers: request.headers });
    const body = pages[path.replace(/\?.*/, "")] ?? `<!doctype html><title>Page</title><h1>Page ${path}</h1>`;
    response.setHeader("content-type", body.startsWith("<") ? "text/html; charset=utf-8" : "application/json");
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (typeof address !== "object" || address === null) {
    throw new Error("a listening socket has no address");
  }
  return {
    port: address.port,
    seen,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
