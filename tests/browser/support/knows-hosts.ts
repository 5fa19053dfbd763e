import { createServer, type ServerResponse } from "node:http";

/** An app that knows its tenants by the first label of `localhost`, and nobody else. */
export type KnowsHosts = {
  port: number;
  /** From now on nothing is answered, until `release`. */
  hold: () => void;
  release: () => void;
  /** Requests that are held and whose asker is still there. */
  waiting: () => number;
  stop: () => Promise<void>;
};

const known = ["acme", "globex"];

export async function startKnowsHosts(): Promise<KnowsHosts> {
  let held: Map<ServerResponse, () => void> | null = null;
  const server = createServer((request, response) => {
    const tenant = /^([^.:]+)\.localhost(:\d+)?$/.exec(request.headers.host ?? "")?.[1] ?? "";
    const found = known.includes(tenant);
    const answer = () => {
      response.writeHead(found ? 200 : 404, { "content-type": "text/html; charset=utf-8", ...(found ? { "x-middleware-rewrite": `/${tenant}${request.url}` } : {}) });
      response.end(`<!doctype html><title>Shop</title><h1>${found ? `Shop of ${tenant}` : "No such shop"}</h1>`);
    };
    if (held === null) return answer();
    const waiting = held;
    waiting.set(response, answer);
    response.on("close", () => waiting.delete(response));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (typeof address !== "object" || address === null) {
    throw new Error("a listening socket has no address");
  }
  return {
    port: address.port,
    hold: () => {
      held = new Map();
    },
    release: () => {
      for (const answer of held?.values() ?? []) answer();
      held = null;
    },
    waiting: () => held?.size ?? 0,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
