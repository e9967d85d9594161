using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>The server as an operator runs it: a process of its own, which can be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string _data;
    private readonly string[] _more;
    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <param name="data">Its data folder.</param>
    /// <param name="more">More of its command line.</param>
    public ServerProcess(string data, params string[] more)
    {
        (_data, _more) = (data, more);
        Url = new Uri($"http://127.0.0.1:{FreePort.Next()}/mcp");
    }

    public Uri Url { get; }

    public int Id => _process!.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <param name="ready">Whether to wait until it can do everything; otherwise only until it answers.</param>
    public async Task StartAsync(bool ready = true)
    {
        var assembly = typeof(OrleansMcp.Server.ServerHost).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [assembly, "--urls", Url.GetLeftPart(UriPartial.Authority), "--data", _data, .. _more])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = new HttpClient();
        await Eventually.Holds(async () => _process.HasExited || await AnswersAsync(http, ready ? "/readyz" : "/healthz"), "the server was ready");
        Assert.False(_process.HasExited, Output);
    }

    /// <summary>Ends it as a power cut would: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as an orchestrator does, and returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().InTime("the server stopped on SIGTERM");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private async Task<bool> AnswersAsync(HttpClient http, string path)
    {
        try
        {
            return (await http.GetAsync(new Uri(Url, path))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
