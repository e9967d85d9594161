using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Secrets;

/// <summary>
/// Delivers a secret to its session, sealed to the actor's own key, so that nothing between the front end and the actor can read it.
/// </summary>
internal sealed class SecretSender(SessionLocator locator)
{
    // The actor may be passivated between the two calls, and replaces its key after a number of envelopes.
    private const int Attempts = 3;

    /// <summary>Seals and delivers the secret. Returns the last refusal when the actor's key has changed before every attempt.</summary>
    public async ValueTask<SecretReply> SendAsync(
        SessionKey key, Caller caller, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken)
    {
        var session = locator.Get(key);
        var binding = new SecretBinding(key, name, SessionOwner.Of(caller));
        var reply = SecretReply.NotFound;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var sealing = await session.GetSealingKeyAsync(caller, cancellationToken);
            if (!sealing.IsFound)
            {
                return SecretReply.NotFound;
            }

            var envelope = SealedSecret.Seal(sealing.PublicKey.Span, binding, secret.Span);
            reply = await session.PutSecretAsync(caller, name, envelope, cancellationToken);
            if (reply.Code != SecretRefusals.StaleKey)
            {
                return reply;
            }
        }

        return reply;
    }
}
