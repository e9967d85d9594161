using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Records;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// What can be injected into a handler while it runs: its own session's context, and the application's services in a scope of the
/// call. The scope exists only if something is asked of it.
/// </summary>
internal sealed class CallServices(RunningCall call) : IServiceProvider, IServiceProviderIsService, IDisposable
{
    private IServiceScope? _scope;

    public McpServer Server => field ??= new CallServer(call, this);

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ISessionContext) ? new CallContext(call)
        : serviceType == typeof(IRecords) ? new CallRecords(call)
        : serviceType == typeof(IServiceProviderIsService) ? this
        : (_scope ??= call.Session.Services.CreateScope()).ServiceProvider.GetService(serviceType);

    public bool IsService(Type serviceType) =>
        IsOfCall(serviceType) || call.Session.Services.GetService<IServiceProviderIsService>()?.IsService(serviceType) == true;

    /// <summary>What exists only while a call runs.</summary>
    public static bool IsOfCall(Type serviceType) => serviceType == typeof(ISessionContext) || serviceType == typeof(IRecords);

    public void Dispose() => _scope?.Dispose();
}
