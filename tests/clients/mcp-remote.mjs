// mcp-remote between a client that only knows standard input and output, here the TypeScript SDK, and the server: node mcp-remote.mjs URL KEY [PROTOCOL]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { ask, cancel, counter, Ear, expect, giveUp, main, seeProgress, text, useContents, useTools } from "./checks.mjs";

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
  const client = new Client({ name: "mcp-remote-client", version: "1.0.0" });
  const call = async (name, args, options) => text(await client.callTool({ name, arguments: args }, undefined, options));
  await client.connect(transport);
  await useTools((await client.listTools()).tools.map((tool) => tool.name), call);
  await useContents(
    async (uri) => text(await client.readResource({ uri })), async (name, args) => text(await client.getPrompt({ name, arguments: args })));
  await seeProgress((args, onprogress) => call("slow", args, { onprogress }));

  const ear = new Ear(call);
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => ear.hear(params.uri));
  await client.subscribeResource({ uri: counter });
  await ear.hears("at once");

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
