namespace OrleansMcp.Secrets;

/// <summary>What one activation of a session has for secrets. A session that never sees one has none of it.</summary>
internal sealed class SessionSecrets
{
    public SealingKey Key { get; } = new();

    public SecretVault Vault { get; } = new();

    /// <summary>Closed from the beginning, for a session that must not hold secrets any more.</summary>
    public static SessionSecrets Closed { get; } = MakeClosed();

    /// <summary>Zeroes all secrets and the private key, for good. Returns how many secrets there were.</summary>
    public int Erase()
    {
        Key.Dispose();
        return Vault.Close();
    }

    private static SessionSecrets MakeClosed()
    {
        var secrets = new SessionSecrets();
        secrets.Erase();
        return secrets;
    }
}
