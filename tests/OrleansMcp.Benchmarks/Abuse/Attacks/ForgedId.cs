namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Ids that look like those of sessions.</summary>
internal static class ForgedId
{
    /// <summary>Another one for each turn, as long as <paramref name="id"/> and with digits in place of its last characters.</summary>
    public static string Of(string id, int turn)
    {
        var end = turn.ToString("D8", CultureInfo.InvariantCulture);
        return id[..^end.Length] + end;
    }
}
