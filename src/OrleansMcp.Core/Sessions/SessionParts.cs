using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Sessions.Upstreams;

namespace OrleansMcp.Sessions;

/// <summary>What one <see cref="Session"/> owns. Made by <see cref="SessionFactory"/>.</summary>
internal sealed class SessionParts
{
    public required CurrentRecord Record { get; init; }

    public required LastActivity Activity { get; init; }

    public required SessionClaim Claim { get; init; }

    public required EndSequence End { get; init; }

    public required StateWriter Writer { get; init; }

    public required SessionAuthorization Authorization { get; init; }

    public required PolicyCounters Counters { get; init; }

    public required SessionAccount Account { get; init; }

    public required SessionVault Vault { get; init; }

    public required SessionUpstreams Servers { get; init; }

    public required SessionStreams Streams { get; init; }

    public required SessionChanges Changes { get; init; }

    public required ClientRequests Requests { get; init; }

    public required PendingInputs Inputs { get; init; }

    public required RunningCalls Calls { get; init; }

    public required Revocation Revocation { get; init; }

    public required MessageIntake Intake { get; init; }

    public required OperatorCommands Operators { get; init; }

    /// <summary>Whether calls run, or wait for input that a retry may bring.</summary>
    public bool AnyCallsOrInputs => Calls.Count > 0 || Inputs.Any;

    /// <summary>Refuses new calls and changes of the record. Running calls continue until they are cancelled.</summary>
    public void Close()
    {
        Writer.Close();
        Calls.Close();
    }

    /// <summary>
    /// Zeroes the secrets, fails pending requests to the client, closes the streams, and settles the quotas. Completes when they are
    /// settled with the tenant.
    /// </summary>
    public Task Retire()
    {
        _ = Servers.CloseAsync(); // Where it was not awaited before: a connection does not outlive its session in this process.
        Vault.Erase(); // Also when the session did not end: no secret or private key stays in memory without its session.
        Requests.Close();
        var settlement = Account.SettleAsync();
        Streams.CloseAll();
        return settlement;
    }
}
