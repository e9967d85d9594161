using ModelContextProtocol;
using OrleansMcp.Configuration;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Secrets;

/// <summary>
/// The secrets of one session: opened from their envelopes only here, held in this activation's memory only, zeroed when it ends. Their
/// <see cref="SessionSecrets"/> are created on first use.
/// </summary>
internal sealed class SessionVault(CurrentRecord record, IConfigurationSource configuration) : ISessionSecrets
{
    private readonly Lock _gate = new(); // guards _secrets, which Erase closes and no later call replaces
    private SessionSecrets? _secrets;

    /// <summary>Whether the session holds secrets that its owner stored. They would be lost if it were passivated.</summary>
    public bool HoldsOwn => Find() is { } vault && vault.CountOwn() > 0;

    /// <summary>The operator's secrets that the configuration names for the session's client.</summary>
    public IReadOnlyDictionary<string, SecretReference> References =>
        record.OrNull is { Owner: var owner } && configuration.Current.FindClient(owner.Tenant, owner.Client) is { } client
            ? client.Secrets
            : ClientConfiguration.NoSecrets;

    public SecretLimits Limits => new(configuration.Current.Sessions.MaxSecrets, configuration.Current.Sessions.MaxSecretBytes);

    /// <summary>The vault, if it was created.</summary>
    public SecretVault? Find()
    {
        lock (_gate)
        {
            return _secrets?.Vault;
        }
    }

    /// <summary>The secrets and the sealing key; created on first use. Closed after <see cref="Erase"/>.</summary>
    public SessionSecrets Open()
    {
        lock (_gate)
        {
            return _secrets ??= new SessionSecrets();
        }
    }

    /// <summary>The key that envelopes for this activation are sealed to.</summary>
    public SealingKeyReply PublicKey() => Open().Key.PublicKey() is { } key ? new SealingKeyReply(key) : SealingKeyReply.NotFound;

    /// <summary>Opens an envelope and stores its secret.</summary>
    public SecretReply Put(string name, ReadOnlySpan<byte> envelope)
    {
        var limits = Limits;
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

        var secrets = Open();
        return secrets.Key.Open(new SecretBinding(record.Key, name, record.Owner), envelope, out var secret) switch
        {
            EnvelopeVerdict.Opened => Kept(secrets.Vault.Put(name, secret!, limits)),
            EnvelopeVerdict.StaleKey => Refused(SecretRefusals.StaleKey),
            EnvelopeVerdict.Replayed => Refused(SecretRefusals.ReplayedEnvelope),
            EnvelopeVerdict.Closed => SecretReply.NotFound,
            _ => Refused(SecretRefusals.InvalidEnvelope),
        };
    }

    public SecretReply Delete(string name) => !SecretName.IsValid(name) ? Refused(SecretRefusals.BadName)
        : IsReserved(name) ? Refused(SecretRefusals.Reserved)
        : new SecretReply(Find()?.Remove(name) == true ? SecretOutcome.Deleted : SecretOutcome.Absent);

    /// <summary>Zeroes the secrets and the private key, refuses new ones, and returns the number of secrets. Idempotent.</summary>
    public int Erase()
    {
        SessionSecrets secrets;
        lock (_gate)
        {
            secrets = _secrets ??= SessionSecrets.Closed;
        }

        return secrets.Erase();
    }

    // What the session's connections to other servers obtained is in the same vault, under names that are not valid: tools, which often take the name from
    // their client, do not reach it.
    bool ISessionSecrets.Has(string name) => FindFor(name)?.Has(name) == true;

    TResult ISessionSecrets.Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read) =>
        (FindFor(name) ?? throw new SecretUnavailableException(name)).Use(name, state, read);

    bool ISessionSecrets.Remove(string name) => !IsReserved(name) && FindFor(name)?.Remove(name) == true;

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

        var limits = Limits;
        if (secret.Length > limits.Bytes)
        {
            throw new McpException($"A secret may take {limits.Bytes} bytes.");
        }

        var copy = SecretBuffer.Allocate(secret.Length);
        secret.CopyTo(copy);
        if (ProblemOf(Open().Vault.Put(name, copy, limits), limits) is { } problem)
        {
            throw new McpException(problem);
        }
    }

    private static string? ProblemOf(SecretPut put, SecretLimits limits) => put switch
    {
        SecretPut.Stored or SecretPut.Replaced => null,
        SecretPut.Full => $"The session may hold {limits.Count} secrets.",
        SecretPut.BadSize => "A secret may not be empty.",
        _ => "The session has ended.",
    };

    private static SecretReply Kept(SecretPut put) => put switch
    {
        SecretPut.Stored => new(SecretOutcome.Stored),
        SecretPut.Replaced => new(SecretOutcome.Replaced),
        SecretPut.Full => Refused(SecretRefusals.TooMany),
        SecretPut.BadSize => Refused(SecretRefusals.BadSize),
        _ => SecretReply.NotFound, // The session ended while the envelope was opened.
    };

    private static SecretReply Refused(string code) => new(SecretOutcome.Refused, code);

    private SecretVault? FindFor(string name) => SecretName.IsValid(name) ? Find() : null;

    /// <summary>Whether a name is the operator's: its secret is neither set nor removed by the client or by tools.</summary>
    private bool IsReserved(string name) => References.ContainsKey(name);
}
