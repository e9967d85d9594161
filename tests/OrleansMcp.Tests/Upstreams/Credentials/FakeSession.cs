using System.Text.Json;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Credentials;

/// <summary>A session that nobody reads, with secrets.</summary>
internal sealed class FakeSession(FakeSecrets secrets) : IUpstreamSession
{
    public IUpstreamSecrets Secrets => secrets;

    public ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken) => default;

    public ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Charge(long bytes)
    {
    }
}
