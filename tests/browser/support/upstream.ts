import { createServer } from "node:http";

/** A small app that tells each visitor which tenant its host names. */
export type Upstream = { port: number; stop: () => Promise<void> };

export async function startUpstream(port = 0, what = "Shop"): Promise<Upstream> {
  const server = createServer((request, response) => {
    const [tenant] = (request.headers.host ?? "").split("---");
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>${what}</title><h1>${what} of ${tenant}</h1><p>${request.url}</p>`);
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const address = server.address();
  if (typeof address !== "object" || address === null) {
    throw new Error("a listening socket has no address");
  }
  return {
    port: address.port,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
