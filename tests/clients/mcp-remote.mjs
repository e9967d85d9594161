// mcp-remote between a client that only knows standard input and output, here the TypeScript SDK, and the server: node mcp-remote.mjs URL KEY [PROTOCOL]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ask, cancel, expect, giveUp, main } from "./checks.mjs";
import { begin } from "./sdk-1.mjs";

const program = fileURLToPath(new URL("node_modules/mcp-remote/dist/proxy.js", import.meta.url));
const protocol = process.argv[4] ?? "legacy";

await main(async ({ url, headers }) => {
  const folder = await mkdtemp(join(tmpdir(), "orleansmcp-remote-"));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, url.href, "--allow-http", "--transport", "http-only", "--protocol", protocol, "--header", `Authorization:${headers.Authorization}`],
    env: { ...getDefaultEnvironment(), MCP_REMOTE_CONFIG_DIR: folder },
    stderr: process.env.MCP_REMOTE_LOG ? "inherit" : "ignore",
  });
  const { client, call, ear } = await begin("mcp-remote-client", transport);
  if (protocol === "legacy") {
    await cancel((args, signal) => call("slow", args, { signal }));
    await cancel((args, signal) => call("slow", args, { signal, onprogress: () => {} }));
    await ask("restart held");
    await ear.hears("after a restart");
    await client.close();
    const left = await ask("sessions");
    expect(left === "2", `it leaves its session behind, and the one that it tried the server with (${left})`);
  } else {
    // It posts notifications/cancelled, which 2026-07-28 has not over HTTP, and does not close the stream of the call.
    await giveUp((args, signal) => call("slow", args, { signal }));
    await ask("restart held");
    const before = ear.heard;
    await call("increment", {});
    await call("increment", {});
    expect(ear.heard === before, "it does not listen again after a restart");
    await client.close();
    expect((await ask("sessions")) === "0", "it has no session");
  }

  await rm(folder, { recursive: true });
});
