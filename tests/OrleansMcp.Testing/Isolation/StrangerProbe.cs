using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>
/// Everything a stranger can try on another's session, each beside the same attempt on a session that never was: the two must not be
/// told apart, and the first must change nothing.
/// </summary>
internal sealed class StrangerProbe(RawClient owner, string strangerKey) : IDisposable
{
    /// <summary>An id of the right form that was never issued; the answer about it is the measure.</summary>
    public const string NeverIssued = "AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBA.CCCCCCCCCCCCCCCCCCCCCCCCCCA";

    private readonly RawClient _stranger = owner.As(strangerKey);

    /// <summary>A last event of the owner's, when there is one.</summary>
    public string LastEventId { get; init; } = "00000000-1-1";

    /// <summary>The id of a request the server sent to the owner, when there is one.</summary>
    public string InputId { get; init; } = "\"1\"";

    /// <summary>How many requests <see cref="TryEverythingAsync"/> sends at the owner's session.</summary>
    public int Attempts { get; private set; }

    public async Task TryEverythingAsync()
    {
        await TryPostAsync(Rpc.Request(1, "ping"));
        await TryPostAsync(Rpc.Request(1, "tools/list"));
        await TryPostAsync(Rpc.Call(1, "increment", new { by = 1000 }));
        await TryPostAsync(Rpc.Call(1, "whoami"));
        await TryPostAsync(Rpc.Request(1, "logging/setLevel", new { level = "emergency" }));
        await TryPostAsync(Rpc.Request(1, "resources/subscribe", new { uri = "test://strange" }));
        await TryPostAsync(Rpc.Request(1, "resources/unsubscribe", new { uri = "test://owned" }));
        await TryPostAsync(Rpc.Request(1, "no/such/method"));
        await TryPostAsync(Rpc.Initialize(1, "2025-11-25"));
        await TryPostAsync(Rpc.Notification("notifications/initialized"));
        await TryPostAsync(Rpc.Notification("notifications/roots/list_changed"));
        await TryPostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }));
        await TryPostAsync($$"""{"jsonrpc":"2.0","id":{{InputId}},"result":{"action":"accept","content":{"colour":"stolen"} } }""");
        await TryPostAsync($$"""{"jsonrpc":"2.0","id":{{InputId}},"error":{"code":1,"message":"spoiled"} }""");
        await TryAsync(client => client.GetAsync());
        await TryAsync(client => client.GetAsync(LastEventId));
        await TryAsync(client => client.PutSecretAsync("owned", [1, 2, 3]));
        await TryAsync(client => client.DeleteSecretAsync("owned"));
        await TryAsync(client => client.DeleteAsync());
    }

    public void Dispose() => _stranger.Dispose();

    private Task TryPostAsync(string body) => TryAsync(client => client.PostAsync(body));

    private async Task TryAsync(Func<RawClient, Task<RawReply>> attempt)
    {
        var foreign = await attempt(_stranger);
        Attempts++;
        using var nobody = _stranger.As(strangerKey);
        nobody.SessionId = NeverIssued;
        var unknown = await attempt(nobody);
        foreign.Expect(HttpStatusCode.NotFound);
        Assert.Equal(unknown.Fingerprint, foreign.Fingerprint);
    }
}
