using OrleansMcp.Storage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>A damaged row stops the tenant: the actor comes to life all the same, so that it can say so at once.</summary>
internal sealed partial class TenantGrain
{
    private bool IsStopped => _stopped.Contains(this.GetPrimaryKeyString());

    public Task StopAsync(string problem)
    {
        _stopped.Stop(this.GetPrimaryKeyString(), problem);
        return Task.CompletedTask;
    }

    /// <summary>The open sessions. Of a list that is damaged nothing counts, because the tenant is stopped.</summary>
    private async Task<IReadOnlyList<RegisteredSession>> ListedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var listed = await _registry.LoadAsync(this.GetPrimaryKeyString(), cancellationToken);
            return listed.FirstOrDefault(session => !session.Key.IsOf(this.GetPrimaryKeyString())) is { } foreign
                ? throw StoreDamagedException.OfRow("registry", foreign.Key.Name, "its key is no session's of the tenant")
                : listed;
        }
        catch (StoreDamagedException e)
        {
            _stopped.Stop(this.GetPrimaryKeyString(), e);
            return [];
        }
    }

    private void ThrowIfStopped()
    {
        if (IsStopped)
        {
            throw new IOException(TenantStoppedException.Refusal.Message);
        }
    }
}
