using OrleansMcp.Grains.Wire;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Secrets, which only the actor unseals.</summary>
internal sealed partial class SessionGrain
{
    public async Task<KeyResult> GetSealingKeyAsync(Caller caller)
    {
        if (await IsStoppedAsync())
        {
            return new KeyResult(null, CallFailure.Stopped);
        }

        try
        {
            var reply = await _session.GetSealingKeyAsync(caller, CancellationToken.None);
            return new KeyResult(Bytes.Of(reply.PublicKey));
        }
        catch (SessionPassivatedException)
        {
            return new KeyResult(null, CallFailure.Moved);
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    public async Task<SecretResult> SetSecretAsync(SecretCall call)
    {
        if (await IsStoppedAsync())
        {
            return new SecretResult(SecretOutcome.Refused, Failure: CallFailure.Stopped);
        }

        try
        {
            var reply = call.Envelope is { } envelope
                ? await _session.PutSecretAsync(call.Caller, call.Name, envelope, CancellationToken.None)
                : await _session.DeleteSecretAsync(call.Caller, call.Name, CancellationToken.None);
            return new SecretResult(reply.Outcome, reply.Code, Refusal: reply.Refusal);
        }
        catch (SessionPassivatedException)
        {
            return new SecretResult(SecretOutcome.Refused, Failure: CallFailure.Moved);
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }
}
