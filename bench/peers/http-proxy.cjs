// Node's http-proxy with connections kept on both sides: PORT UPSTREAM_PORT
const http = require("node:http");
const httpProxy = require("http-proxy");

const [port, upstream] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const proxy = httpProxy.createProxyServer({
  target: { host: "127.0.0.1", port: upstream },
  agent,
  xfwd: true,
});
proxy.on("error", (error, request, response) => {
  response.writeHead?.(502).end(String(error));
});
const server = http.createServer((request, response) => proxy.web(request, response));
server.keepAliveTimeout = 120_000;
server.listen(port, "127.0.0.1");
