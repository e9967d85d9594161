using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

/// <summary>A place of secrets that answers when a test lets it.</summary>
internal sealed class GatedSource : ISecretSource
{
    public Gate Gate { get; } = new();

    public string Name => "test";

    public async ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        return SecretBuffer.Allocate(4);
    }
}
