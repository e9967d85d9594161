using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;

namespace OrleansMcp.Sessions.Calls;

/// <summary>Charges the requests of one call to its session.</summary>
internal sealed class CallEgress(RunningCall call) : IEgressMeter
{
    private const int MaxBufferedBytes = 16 * 1024 * 1024;

    public EgressConfiguration Rules => call.Session.EgressRules;

    public CancellationToken Ended => call.Token;

    public static HttpClient CreateClient(RunningCall call) =>
        new(new MeteredHandler(new CallEgress(call), call.Session.Egress)) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxBufferedBytes };

    public ValueTask SpendAsync(Quota quota, long amount, CancellationToken cancellationToken) =>
        call.Session.SpendAsync(call, quota, amount, cancellationToken);

    public void Charge(Quota quota, long amount) => call.Session.Meter.Charge(quota, amount);
}
