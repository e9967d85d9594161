namespace OrleansMcp.Quotas;

/// <summary>The places in which calls compute, and since when each is taken. Guarded by the lock of <see cref="FairScheduler"/>.</summary>
internal sealed class SchedulerPlaces(TimeProvider time)
{
    private readonly List<Place> _places = [];
    private readonly Stack<int> _free = new();
    private int _taken;

    /// <summary>How many are taken. May be read without the lock.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public Ticket Occupy(string tenant, long estimate)
    {
        if (!_free.TryPop(out var index))
        {
            index = _places.Count;
            _places.Add(default);
        }

        var (now, occupation) = (time.GetTimestamp(), _places[index].Occupation + 1);
        _places[index] = new Place(occupation, now, IsTaken: true);
        _taken++;
        return new Ticket(tenant, index, occupation, now, estimate);
    }

    /// <summary>Frees the place of a ticket. False when the place was taken from it before, and may be another call's.</summary>
    public bool TryVacate(in Ticket ticket)
    {
        if (_places[ticket.Place].Occupation != ticket.Occupation)
        {
            return false;
        }

        Vacate(ticket.Place);
        return true;
    }

    /// <summary>Frees the places that are held for longer than that.</summary>
    public void VacateHeldFor(TimeSpan longest)
    {
        for (var i = 0; i < _places.Count; i++)
        {
            if (_places[i].IsTaken && time.GetElapsedTime(_places[i].Since) > longest)
            {
                Vacate(i);
            }
        }
    }

    private void Vacate(int index)
    {
        _places[index] = new Place(_places[index].Occupation + 1, Since: 0, IsTaken: false);
        _free.Push(index);
        _taken--;
    }

    private readonly record struct Place(long Occupation, long Since, bool IsTaken);
}

/// <summary>A place in <see cref="FairScheduler"/>, given back by <see cref="FairScheduler.Leave"/>.</summary>
internal readonly record struct Ticket(string Tenant, int Place, long Occupation, long Started, long Estimate);
