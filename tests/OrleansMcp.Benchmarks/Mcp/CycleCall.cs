using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>Opens sessions and ends them, one after the other: <c>initialize</c>, <c>notifications/initialized</c>, DELETE.</summary>
internal sealed class CycleCall(Target target) : ICall
{
    /// <summary>How many requests a cycle has.</summary>
    public const int Requests = 3;

    private readonly byte[] _initialize = Sessions.InitializeRequest(target);
    private string _session = "";
    private int _step;

    public ReadOnlyMemory<byte> Next() => _step switch
    {
        0 => _initialize,
        1 => Sessions.InitializedRequest(target, _session),
        _ => Sessions.EndRequest(target, _session),
    };

    public bool IsRight(HttpReply reply)
    {
        var step = _step;
        _step = (_step + 1) % Requests;
        if (step == 0)
        {
            _session = Sessions.ReadId(target, reply); // Nothing can follow on a session that was not opened: a wrong reply ends the run.
            return true;
        }

        return step == 1 ? reply.Status == 202 : reply.Status is 200 or 204;
    }
}
