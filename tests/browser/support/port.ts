import { createServer } from "node:net";

/** A port of the loopback that is free now; for servers that cannot be told to take any. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (typeof address !== "object" || address === null) {
    throw new Error("a listening socket has no address");
  }
  return address.port;
}
