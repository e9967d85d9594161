using OrleansMcp.Cutoffs;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Keeps the marks that end and refuse sessions, and sends them round.</summary>
internal sealed partial class TenantGrain
{
    public async Task<CutoffNews> ReadCutoffsAsync(long known) =>
        IsStopped ? new CutoffNews(Marks: null, IsStopped: true) : new CutoffNews(await _tenant.ReadCutoffsAsync(known, CancellationToken.None));

    public async Task<CutoffReceipt?> CutOffAsync(CutoffChange change)
    {
        ThrowIfStopped();
        try
        {
            var receipt = await _tenant.CutOffAsync(change, CancellationToken.None);
            var (ended, unreached) = await _round.SendAsync(this.GetPrimaryKeyString(), _tenant.Cutoffs);
            return receipt with { Ended = ended, Unreached = unreached };
        }
        catch (CutoffLimitException)
        {
            return null;
        }
        finally
        {
            Conclude();
        }
    }

    /// <summary>Loads the marks. Damaged ones stop the tenant: nobody may come in because nobody knows that he must not.</summary>
    private async Task LoadCutoffsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _tenant.LoadCutoffsAsync(cancellationToken);
        }
        catch (StoreDamagedException e)
        {
            _stopped.Stop(this.GetPrimaryKeyString(), e);
        }
        catch (InvalidDataException e)
        {
            _stopped.Stop(this.GetPrimaryKeyString(), e.Message, e);
        }
    }
}
