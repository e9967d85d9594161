using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>Charges the HTTP requests of one call to its session.</summary>
internal sealed class CallEgress(RunningCall call, SessionAccount account) : IEgressMeter
{
    private const int MaxBufferedBytes = 16 * 1024 * 1024;

    public EgressConfiguration Rules => account.EgressRules;

    public CancellationToken Ended => call.Token;

    public static HttpClient CreateClient(RunningCall call, HandlerEnvironment environment) =>
        new(new MeteredHandler(new CallEgress(call, environment.Account), environment.Egress))
        {
            Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxBufferedBytes,
        };

    public ValueTask SpendAsync(Quota quota, long amount, CancellationToken cancellationToken) =>
        account.SpendAsync(call, quota, amount, cancellationToken);

    public void Charge(Quota quota, long amount) => account.Meter.Charge(quota, amount);
}
