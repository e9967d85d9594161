using OrleansMcp.Hosting.Demo;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Server.Commands;

/// <summary>What the server says when it is ready: where it is, and what to paste into a client.</summary>
internal static class Banner
{
    public static void Write(TextWriter output, ServerSettings settings, IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            output.WriteLine(settings.IsGateway ? $"OrleansMcp serves {address}/mcp" : $"This silo answers health checks on {address}");
        }

        output.WriteLine(settings.Store switch
        {
            StoreKind.Sqlite => $"State is kept in {settings.DataFolder}",
            StoreKind.Tables => "State is kept in Azure Tables",
            _ => "State is kept where the application keeps it",
        });
        if (settings.ConfigFile is not null)
        {
            output.WriteLine($"Configuration: {settings.ConfigFile}");
        }
        else if (settings.IsGateway)
        {
            WriteDemo(output, addresses.First());
        }
    }

    private static void WriteDemo(TextWriter output, string origin)
    {
        var url = origin + "/mcp";
        var key = DemoConfiguration.ClientKeys.First();
        output.WriteLine($$"""
            Demo configuration, loopback only. Keys: {{string.Join(", ", DemoConfiguration.ClientKeys)}}; of the operator: {{DemoConfiguration.OperatorKey}}.

            Paste into a client:
              claude mcp add --transport http orleansmcp {{url}} --header "Authorization: Bearer {{key}}"

              { "mcpServers": { "orleansmcp": { "type": "http", "url": "{{url}}",
                "headers": { "Authorization": "Bearer {{key}}" } } } }

            Or try it by hand:
              curl -si {{url}} -H 'Authorization: Bearer {{key}}' -H 'Content-Type: application/json' \
                -H 'Accept: application/json, text/event-stream' \
                -d '{{Initialize}}'

            As the operator:
              curl -s {{origin}}/ops/tenants/acme/sessions -H 'Authorization: Bearer {{DemoConfiguration.OperatorKey}}'
            """);
    }

    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}""";
}
