using ModelContextProtocol;
using OrleansMcp.Secrets;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Secrets: opened from their envelopes only here, held in this activation's memory only, zeroed when it ends.</summary>
public sealed partial class Session : ISessionSecrets
{
    private SessionSecrets? _secrets;

    /// <summary>
    /// Whether the session holds secrets that cannot be read again. They would be lost if it left memory, so it stays there until it ends: by its owner's word, by
    /// its idle timeout or by its lifetime.
    /// </summary>
    public bool HoldsSecrets
    {
        get
        {
            lock (_gate)
            {
                return HoldsSecretsLocked();
            }
        }
    }

    /// <summary>What this activation has for secrets; null as long as there was no need of it.</summary>
    internal SessionSecrets? Secrets
    {
        get
        {
            lock (_gate)
            {
                return _secrets;
            }
        }
    }

    private SecretLimits SecretLimits => new(_host.Configuration.Sessions.MaxSecrets, _host.Configuration.Sessions.MaxSecretBytes);

    /// <inheritdoc/>
    public async ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return SealingKeyReply.NotFound;
        }

        try
        {
            return OpenSecrets().Key.PublicKey() is { } key ? new SealingKeyReply(key) : SealingKeyReply.NotFound;
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return SecretReply.NotFound;
        }

        try
        {
            return Unseal(name, envelope.Span);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return SecretReply.NotFound;
        }

        try
        {
            return IsReserved(name) ? Refused(SecretRefusals.Reserved)
                : new SecretReply(Find()?.Remove(name) == true ? SecretOutcome.Deleted : SecretOutcome.Absent);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    bool ISessionSecrets.Has(string name) => Find()?.Has(name) == true;

    /// <inheritdoc/>
    TResult ISessionSecrets.Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read) =>
        (Find() ?? throw new SecretUnavailableException(name)).Use(name, state, read);

    /// <inheritdoc/>
    bool ISessionSecrets.Remove(string name) => !IsReserved(name) && Find()?.Remove(name) == true;

    /// <inheritdoc/>
    void ISessionSecrets.Put(string name, ReadOnlySpan<byte> secret)
    {
        if (!SecretName.IsValid(name))
        {
            throw new ArgumentException("A secret's name is made of 1 to 64 lower-case letters, digits, '.', '_' and '-'.", nameof(name));
        }

        if (IsReserved(name))
        {
            throw new McpException("The operator gives the secret of that name.");
        }

        var limits = SecretLimits;
        if (secret.Length > limits.Bytes)
        {
            throw new McpException($"A secret may take {limits.Bytes} bytes.");
        }

        var copy = SecretBuffer.Allocate(secret.Length);
        secret.CopyTo(copy);
        switch (OpenSecrets().Vault.Put(name, copy, limits))
        {
            case SecretPut.Stored or SecretPut.Replaced:
                return;
            case SecretPut.Full:
                throw new McpException($"The session may hold {limits.Count} secrets.");
            case SecretPut.BadSize:
                throw new McpException("A secret may not be empty.");
            default:
                throw new McpException("The session has ended.");
        }
    }

    /// <summary>
    /// Zeroes the session's secrets and its private key, for good, and says how many secrets there were. For engines that must let go of
    /// the actor although it holds some: on shutdown, before <see cref="TryPassivateAsync"/>. Harmless when run twice.
    /// </summary>
    public int EraseSecrets()
    {
        SessionSecrets secrets;
        lock (_gate)
        {
            secrets = _secrets ??= SessionSecrets.Closed;
        }

        return secrets.Erase();
    }

    private SecretReply Unseal(string name, ReadOnlySpan<byte> envelope)
    {
        var limits = SecretLimits;
        if (!SecretName.IsValid(name))
        {
            return Refused(SecretRefusals.BadName);
        }

        if (IsReserved(name))
        {
            return Refused(SecretRefusals.Reserved);
        }

        if (envelope.Length > SealedSecret.Overhead + limits.Bytes)
        {
            return Refused(SecretRefusals.BadSize);
        }

        var secrets = OpenSecrets();
        return secrets.Key.Open(new SecretBinding(Key, name, _record!.Owner), envelope, out var secret) switch
        {
            EnvelopeVerdict.Opened => Kept(secrets.Vault.Put(name, secret!, limits)),
            EnvelopeVerdict.StaleKey => Refused(SecretRefusals.StaleKey),
            EnvelopeVerdict.Replayed => Refused(SecretRefusals.ReplayedEnvelope),
            EnvelopeVerdict.Closed => SecretReply.NotFound,
            _ => Refused(SecretRefusals.InvalidEnvelope),
        };
    }

    private static SecretReply Kept(SecretPut put) => put switch
    {
        SecretPut.Stored => new(SecretOutcome.Stored),
        SecretPut.Replaced => new(SecretOutcome.Replaced),
        SecretPut.Full => Refused(SecretRefusals.TooMany),
        SecretPut.BadSize => Refused(SecretRefusals.BadSize),
        _ => SecretReply.NotFound, // It ended while the envelope was opened.
    };

    private static SecretReply Refused(string code) => new(SecretOutcome.Refused, code);

    private SecretVault? Find() => Secrets?.Vault;

    /// <summary>The place for secrets, made when it is first needed. A session that was taken out of use has a closed one already.</summary>
    private SessionSecrets OpenSecrets()
    {
        lock (_gate)
        {
            return _secrets ??= new SessionSecrets();
        }
    }

    private bool HoldsSecretsLocked() => _secrets is { } secrets && secrets.Vault.CountOwn() > 0;
}
