import { createServer, request } from "node:http";
import { connect } from "node:net";

import { pairs } from "./wire.ts";

export type Seen = { method: string; path: string; headers: [string, string][] };
export type Relay = { port: number; seen: Seen[]; stop: () => Promise<void> };

/** Stands before an app and notes each request as it arrives, whoever sent it; changes nothing. */
export async function startRelay(upstream: number): Promise<Relay> {
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", rawHeaders } = incoming;
    seen.push({ method, path: url, headers: pairs(rawHeaders) });
    const onward = request({ host: "127.0.0.1", port: upstream, method, path: url, headers: rawHeaders }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      // A body may be long in coming; its head is not.
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on("upgrade", (incoming, socket) => {
    const onward = connect(upstream, "127.0.0.1");
    const lines = pairs(incoming.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
    onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    onward.on("error", () => socket.destroy()).pipe(socket);
    socket.on("error", () => onward.destroy()).pipe(onward);
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
