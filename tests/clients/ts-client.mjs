// The TypeScript SDK of both eras (@modelcontextprotocol/client): node ts-client.mjs URL KEY
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { ask, cancel, counter, Ear, expect, inTime, main, patient, seeProgress, text, useContents, useTools } from "./checks.mjs";

async function connected({ url, headers }, mode, use) {
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers }, reconnectionOptions: patient });
  const client = new Client({ name: "ts-client", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  const era = mode === "legacy" ? "legacy" : "modern";
  expect(client.getProtocolEra() === era, `negotiation '${JSON.stringify(mode)}' ends in the ${era} era`);
  expect(Boolean(transport.sessionId) === (era === "legacy"), `the ${era} era ${era === "legacy" ? "has" : "has no"} session id`);

  const call = async (name, args, options) => text(await client.callTool({ name, arguments: args }, options));
  const ear = new Ear(call);
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => ear.hear(params.uri));
  await useTools((await client.listTools()).tools.map((tool) => tool.name), call);
  await useContents(
    async (uri) => text(await client.readResource({ uri })), async (name, args) => text(await client.getPrompt({ name, arguments: args })));
  await seeProgress((args, onprogress) => call("slow", args, { onprogress }));
  await cancel((args, signal) => call("slow", args, { signal }));
  await cancel((args, signal) => call("slow", args, { signal, onprogress: () => {} }));
  await use({ client, transport, ear });
  await client.close();
}

async function legacy({ client, transport, ear }) {
  await client.subscribeResource({ uri: counter });
  await ear.hears("at once");
  await ask("nap");
  await ear.hears("after a nap");
  await ask("restart");
  await ear.hears("after a restart");
  await transport.terminateSession();
  expect((await ask("sessions")) === "0", "the session is gone once it was terminated");
}

async function modern({ client, ear }) {
  const listening = await client.listen({ resourceSubscriptions: [counter] });
  await ear.hears("at once");
  await ask("restart");
  expect((await inTime(listening.closed, "the subscription ends")) === "graceful", "the subscription has ended in order, which its client is told");

  const again = await client.listen({ resourceSubscriptions: [counter] });
  await ear.hears("after a restart, by another subscription");
  await again.close();
  expect((await again.closed) === "local", "the subscription is closed");
}

await main(async (server) => {
  await connected(server, "legacy", legacy);
  await connected(server, "auto", modern);
  await connected(server, { pin: "2026-07-28" }, async () => {});
});
