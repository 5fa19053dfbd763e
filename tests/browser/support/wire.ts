import { request } from "node:http";
import { connect } from "node:net";

export type Answer = { status: number; headers: [string, string][]; body: string };

/** One request to a port of the loopback in the name of any host, which `fetch` would not allow. */
export function ask(
  port: number,
  host: string,
  path: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((done, fail) => {
    const outgoing = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("error", fail);
      answer.on("end", () => done({ status: answer.statusCode ?? 0, headers: pairs(answer.rawHeaders), body: text }));
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

/** The values of one field of an answer. */
export const field = (answer: Answer, name: string) =>
  answer.headers.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value);

/** Asks for a socket, and gives the first line of what comes, be it HTTP or not. */
export function upgrade(port: number, host: string, path: string, headers: Record<string, string>): Promise<string> {
  const lines = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dHJpcGxlIGRhc2ggdGVzdA==",
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((done, fail) => {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer to the upgrade of ${path}`)));
    socket.on("error", fail);
    socket.once("data", (chunk: Buffer) => {
      socket.destroy();
      done(chunk.toString("latin1").split("\r\n")[0]!);
    });
    socket.once("end", () => fail(new Error("the socket was closed without a word")));
    socket.write(`GET ${path} HTTP/1.1\r\n${head.join("")}\r\n`);
  });
}

/** Names and values as Node lists them, one after the other. */
export function pairs(raw: string[]): [string, string][] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]!] as [string, string]] : []));
}
