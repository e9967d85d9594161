namespace OrleansMcp.Hosting;

/// <summary>Something the server needs in order to serve; asked by <c>/readyz</c>.</summary>
public interface IReadinessProbe
{
    /// <summary>What is probed, for the answer.</summary>
    string Name { get; }

    /// <summary>Null when all is well, otherwise what is wrong, without paths or secrets.</summary>
    ValueTask<string?> ProblemAsync(CancellationToken cancellationToken);
}
