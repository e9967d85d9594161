// The TypeScript SDK of the session revisions (@modelcontextprotocol/sdk): node ts-sdk-client.mjs URL KEY
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ask, cancel, expect, main, patient } from "./checks.mjs";
import { begin } from "./sdk-1.mjs";

await main(async ({ url, headers }) => {
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers }, reconnectionOptions: patient });
  const { client, call, ear } = await begin("ts-sdk-client", transport);
  const session = transport.sessionId;
  expect(session, "there is a session");
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
