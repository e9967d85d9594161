// The reference server with everything, over Streamable HTTP. It listens on every address and speaks of it on its errors only; here it listens on
// loopback, on a port that the system chooses, which is the first line it prints that begins with "port". It ends when nobody holds its input any more.
import { Server } from "node:net";

// Its tool get-env tells its environment, which is none of a test's business.
for (const name of Object.keys(process.env)) {
  delete process.env[name];
}

process.env.PORT = "0";
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, callback) {
  this.once("listening", () => console.log(`port ${this.address().port}`));
  return listen.call(this, { host: "127.0.0.1", port: Number(port) }, callback);
};

process.stdin.resume().once("close", () => process.exit(0));
await import("@modelcontextprotocol/server-everything/dist/transports/streamableHttp.js");
