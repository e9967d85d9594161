using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Records;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// The services that can be injected into a handler: its session's context, and the application's services in a scope of the call. The
/// scope is created with the first service of it.
/// </summary>
internal sealed class CallServices(RunningCall call, HandlerEnvironment environment) : IServiceProvider, IServiceProviderIsService, IAsyncDisposable
{
    private AsyncServiceScope? _scope;

    public McpServer Server => field ??= new CallServer(call, environment, this);

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ISessionContext) ? new CallContext(call, environment)
        : serviceType == typeof(IRecords) ? new CallRecords(call, environment)
        : serviceType == typeof(IToolLog) ? new CallToolLog(call, environment.ToolLog)
        : serviceType == typeof(IServiceProviderIsService) ? this
        : (_scope ??= environment.Application.CreateAsyncScope()).ServiceProvider.GetService(serviceType);

    public bool IsService(Type serviceType) =>
        IsOfCall(serviceType) || environment.Application.GetService<IServiceProviderIsService>()?.IsService(serviceType) == true;

    /// <summary>Whether the service exists only while a call runs.</summary>
    public static bool IsOfCall(Type serviceType) => serviceType == typeof(ISessionContext) || serviceType == typeof(IRecords)
        || serviceType == typeof(IToolLog);

    /// <summary>Disposes the scope as the SDK does, for services that can only be disposed asynchronously.</summary>
    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? default;
}
