// The TypeScript SDK of both eras (@modelcontextprotocol/client): node ts-client.mjs URL KEY
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { arguments_, expect, main, seeProgress, useTools } from "./checks.mjs";

const { url, headers } = arguments_();

async function connected(mode, use) {
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
  const client = new Client({ name: "ts-client", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  await use(client, transport);
  await client.close();
}

await main(async () => {
  for (const [mode, era] of [["legacy", "legacy"], ["auto", "modern"], [{ pin: "2026-07-28" }, "modern"]]) {
    await connected(mode, async (client, transport) => {
      expect(client.getProtocolEra() === era, `negotiation '${JSON.stringify(mode)}' ends in the ${era} era`);
      expect(Boolean(transport.sessionId) === (era === "legacy"), `the ${era} era ${era === "legacy" ? "has" : "has no"} session id`);
      await useTools(client);
      await seeProgress((params, onprogress) => client.callTool(params, { onprogress }));
      if (era === "legacy") {
        await transport.terminateSession();
      }
    });
  }
});
