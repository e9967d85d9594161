using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>
/// The process that attacks. It runs at a low priority: a real attacker would use processors of its own, and what is measured is what it does
/// to the server, not that it shares the server's machine.
/// </summary>
internal sealed class AttackerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;

    private AttackerProcess(ChildProcess process, TimeSpan length) => (_process, Ended) = (process, process.ReadToEndAsync(length + s_patience));

    /// <summary>What it printed, once it has ended.</summary>
    public Task<string> Ended { get; }

    /// <summary>Starts it; it has begun to attack then.</summary>
    public static async Task<AttackerProcess> StartAsync(
        string attack, Target target, string foreign, TimeSpan length, CancellationToken cancellationToken)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "OrleansMcp.Benchmarks.dll");
        var seconds = length.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["attack", "--name", attack, "--url", $"http://{target.Address}{target.Path}", "--foreign", foreign, "--seconds", seconds];
        var process = ChildProcess.Start("nice", ["-n", "10", ChildProcess.Dotnet, program, .. arguments]);
        try
        {
            await process.WaitUntilAsync(() => Task.FromResult(process.HasPrinted(AttackRun.Begun)), cancellationToken);
            return new AttackerProcess(process, length);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
