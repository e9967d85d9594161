using System.Reflection;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Sessions that answer a tenant as a test says, and remember in which order they were asked. Default: each is in use.</summary>
internal sealed class YieldingSessions : ISessionDirectory
{
    public Func<SessionKey, YieldRequest, Task<YieldReply>> Answer { get; set; } = static (_, _) => Task.FromResult(new YieldReply(YieldOutcome.InUse));

    public List<SessionKey> Asked { get; } = [];

    public ISession Get(SessionKey key)
    {
        var session = DispatchProxy.Create<ISession, Asking>();
        ((Asking)session).Yield = request =>
        {
            Asked.Add(key);
            return Answer(key, request);
        };
        return session;
    }

    /// <summary>A session of which only its place can be asked for.</summary>
#pragma warning disable MA0053 // A proxy derives from it.
    internal class Asking : DispatchProxy
    {
        public Func<YieldRequest, Task<YieldReply>> Yield { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => args is [YieldRequest request, ..]
            ? Yield(request)
            : throw new NotSupportedException($"{targetMethod?.Name} is not what a tenant asks.");
    }
}
