using System.ComponentModel;
using System.Globalization;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Tools that use what is counted, or do not stop when they should.</summary>
[McpServerToolType]
internal sealed class CostlyTools(Gates gates)
{
    [McpServerTool(Name = "test_ignore"), Description("Waits until the test lets it go, whatever its token says.")]
    public async Task<string> IgnoreAsync(string gate)
    {
        await gates[gate].WaitAsync(CancellationToken.None);
        return "through";
    }

    [McpServerTool(Name = "test_block"), Description("Holds its thread until the test lets it go, whatever its token says.")]
    public string Block(string gate)
    {
        gates[gate].WaitAsync(CancellationToken.None).GetAwaiter().GetResult();
        return "through";
    }

    [McpServerTool(Name = "test_print"), Description("Returns a text of a length.")]
    public static string Print(int bytes) => new('x', bytes);

    [McpServerTool(Name = "test_keep"), Description("Keeps a text of a length as state.")]
    public static async Task<string> KeepAsync(ISessionContext session, int bytes, CancellationToken cancellationToken)
    {
        await session.State.UpdateAsync<string>("kept", _ => new string('x', bytes), cancellationToken);
        return "kept";
    }

    [McpServerTool(Name = "test_quotas"), Description("Tells what is left.")]
    public static async Task<string> QuotasAsync(ISessionContext session, CancellationToken cancellationToken) => string.Join(
        '\n', (await session.Quota.ReadAsync(cancellationToken)).Select(one => $"{one.Scope} {one.Name} {one.Left}/{one.Limit}"));

    [McpServerTool(Name = "test_fetch"), Description("Fetches a URL and tells status and length of what it got.")]
    public static async Task<string> FetchAsync(ISessionContext session, string url, CancellationToken cancellationToken, string body = "")
    {
        using var request = new HttpRequestMessage(body.Length > 0 ? HttpMethod.Post : HttpMethod.Get, url);
        request.Headers.Add("X-Tool", "tool");
        request.Content = body.Length > 0 ? new StringContent(body) : null;
        using var response = await session.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var text = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {text.Length}");
    }
}
