using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;

namespace OrleansMcp.Secrets.References;

/// <summary>
/// Reads the operator's secrets, which the configuration names for a session's client, into the session's vault: before its first call, and
/// again periodically, so that rotated secrets are replaced. They are zeroed when the session ends, like the client's own. They can be read
/// again, so they do not keep an idle session in memory.
/// </summary>
internal sealed partial class ReferencedSecrets(
    CurrentRecord record, SessionVault vault, IReadOnlyList<ISecretSource> sources, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new(); // guards the three fields below; one reading at a time
    private Task _reading = Task.CompletedTask;
    private IReadOnlyDictionary<string, SecretReference>? _read; // of which configuration
    private DateTimeOffset _due;

    /// <summary>
    /// Waits until the configured secrets were read into the vault, or could not be read. Completed at once when the last reading is
    /// recent.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the reading continues.</exception>
    public ValueTask EnsureReadAsync(CancellationToken cancellationToken)
    {
        var references = vault.References;
        if (references.Count == 0 && Volatile.Read(ref _read) is not { Count: > 0 })
        {
            return default;
        }

        lock (_gate)
        {
            if (_reading.IsCompleted && (time.GetUtcNow() >= _due || !ReferenceEquals(references, _read)))
            {
                var former = _read;
                _read = references;
                _reading = Task.Run(() => ReadAllAsync(references, former), CancellationToken.None);
            }

            return _reading.IsCompleted ? default : new(_reading.WaitAsync(cancellationToken));
        }
    }

    private async Task ReadAllAsync(
        IReadOnlyDictionary<string, SecretReference> references, IReadOnlyDictionary<string, SecretReference>? former)
    {
        var isComplete = false;
        try
        {
            foreach (var name in former?.Keys.Where(name => !references.ContainsKey(name)) ?? [])
            {
                vault.Find()?.Remove(name);
            }

            var unread = 0;
            foreach (var (name, reference) in references)
            {
                unread += await TryReadAsync(name, reference) ? 0 : 1;
            }

            isComplete = unread == 0;
        }
        finally
        {
            // The sources are asked again, also after an exception.
            lock (_gate)
            {
                _due = time.GetUtcNow() + (isComplete ? s_fresh : s_retry);
            }
        }
    }

    /// <summary>Reads one secret. If it cannot be read, the former value stays, or the secret stays missing.</summary>
    private async Task<bool> TryReadAsync(string name, SecretReference reference)
    {
        try
        {
            var secret = await SourceOf(reference).ReadAsync(reference.Location, vault.Limits.Bytes, CancellationToken.None);
            vault.Open().Vault.PutReferenced(name, secret);
            return true;
        }
        catch (SecretSourceException e)
        {
            LogUnread(logger, e, name, reference.Source, record.Owner.Tenant, record.Owner.Client);
            return false;
        }
    }

    private ISecretSource SourceOf(SecretReference reference) =>
        sources.FirstOrDefault(source => source.Name == reference.Source)
        ?? throw new SecretSourceException($"This host reads no secrets from {reference.Source}.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The secret {Secret} of {Tenant}/{Client} could not be read from its place ({Source}).")]
    private static partial void LogUnread(ILogger logger, Exception exception, string secret, string source, string tenant, string client);
}
