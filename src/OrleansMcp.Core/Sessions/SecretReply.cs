namespace OrleansMcp.Sessions;

/// <summary>The public key that secrets for a session are sealed to; see <see cref="Secrets.SealedSecret"/>.</summary>
/// <param name="PublicKey">A SubjectPublicKeyInfo; empty when there is no such session for the caller.</param>
public readonly record struct SealingKeyReply(ReadOnlyMemory<byte> PublicKey)
{
    /// <summary>The answer to a stranger and about an unknown or ended session.</summary>
    public static SealingKeyReply NotFound { get; }

    /// <summary>Whether there is a key.</summary>
    public bool IsFound => !PublicKey.IsEmpty;
}

/// <summary>The outcome of storing or deleting a secret.</summary>
public enum SecretOutcome
{
    /// <summary>No such session for this caller: 404.</summary>
    NotFound,

    /// <summary>Stored under a new name.</summary>
    Stored,

    /// <summary>Stored; the former secret of that name is zeroed.</summary>
    Replaced,

    /// <summary>Zeroed and removed.</summary>
    Deleted,

    /// <summary>There is no secret of that name to delete.</summary>
    Absent,

    /// <summary>Not stored; <see cref="SecretReply.Code"/> says why.</summary>
    Refused,

    /// <summary>Nothing was changed: <see cref="SecretReply.Refusal"/> says which quota is used up.</summary>
    OverQuota,
}

/// <summary>The reply to storing or deleting a secret.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Code">A code of <see cref="SecretRefusals"/>, for <see cref="SecretOutcome.Refused"/>.</param>
/// <param name="Refusal">The quota, for <see cref="SecretOutcome.OverQuota"/>.</param>
public readonly record struct SecretReply(SecretOutcome Outcome, string? Code = null, QuotaRefusal? Refusal = null)
{
    /// <summary>The answer to a stranger and about an unknown or ended session.</summary>
    public static SecretReply NotFound { get; } = new(SecretOutcome.NotFound);

    /// <summary>The session's requests of the minute are used up.</summary>
    public static SecretReply OverQuota(QuotaRefusal refusal) => new(SecretOutcome.OverQuota, Refusal: refusal);
}

/// <summary>Why a session does not store a secret. The codes are stable.</summary>
public static class SecretRefusals
{
    /// <summary>The envelope was sealed to a key the actor no longer has. Fetch the key again and seal once more.</summary>
    public const string StaleKey = "stale_key";

    /// <summary>The envelope is malformed, was changed, or was sealed for another session, name or owner.</summary>
    public const string InvalidEnvelope = "invalid_envelope";

    /// <summary>The envelope was opened before.</summary>
    public const string ReplayedEnvelope = "replayed_envelope";

    /// <summary>The name is malformed; see <see cref="SecretName"/>.</summary>
    public const string BadName = "bad_secret_name";

    /// <summary>The secret is empty or longer than the configuration allows.</summary>
    public const string BadSize = "bad_secret_size";

    /// <summary>The session holds as many secrets as the configuration allows.</summary>
    public const string TooMany = "too_many_secrets";

    /// <summary>The operator gives the secret of that name; see <see cref="Configuration.ClientConfiguration.Secrets"/>.</summary>
    public const string Reserved = "reserved_secret_name";
}
