using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Auditing;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>
/// An engine under test, seen as front ends see it: through the seam of Core, from each of its nodes. What else the contract needs of it
/// (the clock, a store that fails, a look at what is in memory) is here too.
/// </summary>
/// <remarks>
/// Its catalogue holds <see cref="EngineTools"/> and <see cref="TestTools"/>. Signals are counted from the last start on, at least; gates
/// are replaced by none but a restart.
/// </remarks>
internal interface IEngine : IAsyncDisposable
{
    /// <summary>From how many nodes a session can be reached: 1 for an engine of one process, the number of gateways of a cluster.</summary>
    int NodeCount { get; }

    /// <summary>Issues session ids, the same for all nodes.</summary>
    SessionIdIssuer Ids { get; }

    /// <summary>The clock of the sessions. Silence on the wire may pass in real time.</summary>
    FakeTimeProvider Time { get; }

    SignalCounter Signals { get; }

    /// <summary>What the audit took, also through a restart.</summary>
    IReadOnlyCollection<AuditEntry> Audit { get; }

    Gates Gates { get; }

    /// <summary>While set, the store takes no record: saving throws an <see cref="IOException"/>. Reading goes on, and so does deleting where it
    /// needs no space.</summary>
    bool StoreFails { get; set; }

    /// <summary>Puts another configuration in force, on all nodes; it stays through a restart.</summary>
    void Configure(ServerConfiguration configuration);

    ISessionDirectory Directory(int node);

    ITenantDirectory Tenants(int node);

    /// <summary>
    /// Waits until every actor is idle, and until it has left memory. May move the clock, by less than the idle timeout of
    /// <see cref="SessionConfiguration"/> that is the default.
    /// </summary>
    Task SendToSleepAsync();

    /// <summary>
    /// What the engine does by itself from time to time, now: idle actors leave memory, sessions end whose time is over.
    /// </summary>
    Task CheckExpiryAsync();

    /// <summary>Stops the whole engine and starts it again on the same durable state.</summary>
    Task RestartAsync();

    /// <summary>How many activations of the session are in memory, over all nodes, that have something behind them.</summary>
    int ActorsOf(SessionKey key);

    /// <summary>Whether anything durable is stored under the key.</summary>
    Task<bool> HasRecordAsync(SessionKey key);
}
