using Microsoft.Extensions.Logging;
using OrleansMcp.Cutoffs;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Cutoffs;

/// <summary>Applies marks to the sessions in this silo, and asks tenants for theirs.</summary>
internal sealed partial class LocalCutoffs(CutoffTable table, Activations activations, ITenantDirectory tenants, ILogger<LocalCutoffs> logger)
{
    /// <summary>
    /// Asks the tenant for its marks, if it has others than are known here. To be awaited before a session of the tenant wakes.
    /// </summary>
    /// <exception cref="IOException">They cannot be read at the moment.</exception>
    /// <exception cref="SessionUnavailableException">The tenant cannot be reached.</exception>
    /// <exception cref="TenantStoppedException">The tenant is stopped.</exception>
    public async ValueTask RefreshAsync(string tenant)
    {
        var known = table.Of(tenant);
        if (await tenants.Get(tenant).ReadCutoffsAsync(known.Version, CancellationToken.None) is { } news)
        {
            table.Replace(tenant, known, news);
        }
    }

    /// <summary>Ends the sessions in memory that a mark is about, all at once: none of them admits a message from now on.</summary>
    /// <returns>How many have ended.</returns>
    public async Task<int> ApplyAsync(string tenant, CutoffSet? news = null)
    {
        if (news is not null && !table.TryRaise(tenant, news))
        {
            await RefreshAsync(tenant); // A later change was faster, or the tenant's store was replaced by an older one.
        }

        if (table.Of(tenant).IsEmpty)
        {
            return 0;
        }

        var ends = activations.All.Where(session => session.Key.Tenant == tenant).Select(EndAsync).ToList();
        return (await Task.WhenAll(ends)).Count(static hasEnded => hasEnded);
    }

    private async Task<bool> EndAsync(Session session)
    {
        try
        {
            return await session.EndIfCutOffAsync() is not null;
        }
        catch (SessionPassivatedException)
        {
            return false; // Whoever wakes it asks for the marks.
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            LogNotEnded(logger, e, session.Key.Name);
            return false; // It admits nothing any more, and its next activation finds the mark.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of session {Session} could not be made durable. Its next activation ends it.")]
    private static partial void LogNotEnded(ILogger logger, Exception exception, string session);
}
