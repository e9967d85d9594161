// Passes requests on to a server and prints what a client sends and is sent, a line each: node record.mjs PORT SERVER
// For instance `node record.mjs 5085 http://127.0.0.1:5080`, and a client at http://127.0.0.1:5085/mcp. Credentials are not printed.
import { createServer, request } from "node:http";

const told = ["accept", "mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id", "user-agent"];
const [port, server] = process.argv.slice(2);
if (!port || !server) {
  console.error(`usage: node ${process.argv[1]} PORT SERVER`);
  process.exit(2);
}

let count = 0;
const short = (text) => (text.length > 700 ? `${text.slice(0, 700)}…` : text);

createServer((incoming, reply) => {
  const number = ++count;
  const print = (text) => console.log(`${number} ${text}`);
  const headers = told.filter((name) => incoming.headers[name]).map((name) => `${name}: ${incoming.headers[name]}`);
  print(`> ${incoming.method} ${incoming.url} ${headers.join("; ")}`);
  incoming.setEncoding("utf8");
  incoming.on("data", (text) => print(`> ${short(text)}`));

  const { host, ...passed } = incoming.headers;
  const onward = request(new URL(incoming.url, server), { method: incoming.method, headers: passed }, (answer) => {
    print(`< ${answer.statusCode} ${answer.headers["content-type"] ?? ""}`);
    reply.writeHead(answer.statusCode, answer.headers).flushHeaders();
    answer.on("data", (bytes) => print(`< ${short(bytes.toString().trim().replaceAll("\n", " | "))}`));
    answer.on("end", () => print("< end"));
    answer.on("error", (error) => reply.destroy(error));
    answer.pipe(reply);
  });
  onward.on("error", (error) => {
    print(`! ${error.code ?? error.message}`);
    reply.destroy();
  });
  reply.on("close", () => {
    if (!reply.writableFinished) {
      print("> closed by the client");
      onward.destroy();
    }
  });
  incoming.pipe(onward);
}).listen(Number(port), "127.0.0.1");
