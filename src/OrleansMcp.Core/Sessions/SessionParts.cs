using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Streams;

namespace OrleansMcp.Sessions;

/// <summary>What one <see cref="Session"/> owns and lets go of when it ends. Made by <see cref="SessionFactory"/>.</summary>
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

    public required SessionStreams Streams { get; init; }

    public required SessionChanges Changes { get; init; }

    public required ClientRequests Requests { get; init; }

    public required PendingInputs Inputs { get; init; }

    public required RunningCalls Calls { get; init; }

    public required Revocation Revocation { get; init; }

    public required MessageIntake Intake { get; init; }

    public required OperatorCommands Operators { get; init; }

    /// <summary>Whether calls run, or may go on with an answer of their user.</summary>
    public bool AnyCallsOrInputs => Calls.Count > 0 || Inputs.Any;

    /// <summary>Nothing begins any more: the session is not live. What runs goes on until it is cancelled.</summary>
    public void Close()
    {
        Writer.Close();
        Calls.Close();
    }

    /// <summary>Lets go of all that is held. Done when the tenant has been told what the session owes.</summary>
    public Task Retire()
    {
        Vault.Erase(); // The second line: whatever takes a session out of memory leaves no secret and no private key behind.
        Requests.Close();
        var settlement = Account.SettleAsync(); // Tells what it owes, and gives back what is not used.
        Streams.CloseAll();
        return settlement;
    }
}
