using OrleansMcp.Storage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>A damaged row stops the tenant. The grain is activated all the same, so that it can refuse calls at once.</summary>
internal sealed partial class TenantGrain
{
    private bool IsStopped => _stopped.Contains(this.GetPrimaryKeyString());

    public Task StopAsync(string problem)
    {
        _stopped.Stop(this.GetPrimaryKeyString(), problem);
        return Task.CompletedTask;
    }

    /// <summary>Loads the open sessions. Empty when the list is damaged, which stops the tenant.</summary>
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
