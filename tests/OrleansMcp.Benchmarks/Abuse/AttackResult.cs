namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>What an attack came to; a line of text on its way from the process that attacks.</summary>
internal sealed record AttackResult(long Requests, long Refusals, long Closed, TimeSpan Elapsed)
{
    private const string Mark = "attacked:";

    public double PerSecond(long count) => count / Elapsed.TotalSeconds;

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Mark} {Requests} {Refusals} {Closed} {Elapsed.Ticks}");

    /// <exception cref="InvalidOperationException">There is no such line; says what there is.</exception>
    public static AttackResult Read(string output)
    {
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"The attack did not end as it should: {output}");
        var numbers = line[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new AttackResult(numbers[0], numbers[1], numbers[2], TimeSpan.FromTicks(numbers[3]));
    }
}
