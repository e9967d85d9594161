using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Wire;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Secrets, which the front end has sealed.</summary>
internal sealed partial class ClusterSession
{
    public async ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken)
    {
        var result = await GrainRetry.RunAsync(
            () => grain.GetSealingKeyAsync(caller), static result => result.Failure == CallFailure.Moved);
        ThrowIfStopped(result.Failure);
        return result.PublicKey is { } publicKey ? new SealingKeyReply(publicKey) : SealingKeyReply.NotFound;
    }

    public ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
        SetSecretAsync(new SecretCall(caller, name, Bytes.Of(envelope) ?? []));

    public ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        SetSecretAsync(new SecretCall(caller, name, Envelope: null));

    private async ValueTask<SecretReply> SetSecretAsync(SecretCall call)
    {
        var attempts = 0;
        var result = await GrainRetry.RunSettledAsync(
            () =>
            {
                attempts++;
                return grain.SetSecretAsync(call);
            },
            static result => result.Failure == CallFailure.Moved);
        ThrowIfStopped(result.Failure);

        // An envelope can be opened once: an earlier attempt, whose answer was lost, has opened this one.
        return attempts > 1 && result.Code == SecretRefusals.ReplayedEnvelope
            ? new SecretReply(SecretOutcome.Stored)
            : new SecretReply(result.Outcome, result.Code, result.Refusal);
    }
}
