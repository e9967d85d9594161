// The TypeScript SDK of the session revisions (@modelcontextprotocol/sdk): node ts-sdk-client.mjs URL KEY
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { ask, cancel, counter, Ear, expect, main, patient, seeProgress, text, useContents, useTools } from "./checks.mjs";

await main(async ({ url, headers }) => {
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers }, reconnectionOptions: patient });
  const client = new Client({ name: "ts-sdk-client", version: "1.0.0" });
  const call = async (name, args, options) => text(await client.callTool({ name, arguments: args }, undefined, options));
  await client.connect(transport);
  const session = transport.sessionId;
  expect(session, "there is a session");

  await useTools((await client.listTools()).tools.map((tool) => tool.name), call);
  await useContents(
    async (uri) => text(await client.readResource({ uri })), async (name, args) => text(await client.getPrompt({ name, arguments: args })));
  await seeProgress((args, onprogress) => call("slow", args, { onprogress }));

  const ear = new Ear(call);
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => ear.hear(params.uri));
  await client.subscribeResource({ uri: counter });
  await ear.hears("at once");
  await cancel((args, signal) => call("slow", args, { signal }));
  await cancel((args, signal) => call("slow", args, { signal, onprogress: () => {} }));
  await ear.hears("after calls were cancelled");
  await ask("nap");
  await ear.hears("after a nap");
  await ask("restart");
  await ear.hears("after a restart");
  expect(transport.sessionId === session, "it is the same session");

  await transport.terminateSession();
  await client.close();
  expect((await ask("sessions")) === "0", "the session is gone once it was terminated");
});
