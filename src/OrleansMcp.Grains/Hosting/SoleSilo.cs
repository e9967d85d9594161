using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Grains.Hosting;

/// <summary>
/// A silo that is its whole cluster: membership is in its memory, and it has no gateway and no silo listener. No other silo can join, and
/// only the HTTP port is open.
/// </summary>
internal static class SoleSilo
{
    /// <summary>Part of the silo's address inside its process. No socket is bound to it.</summary>
    private const int Port = 11111;

    /// <summary>Adds the grains, as <see cref="SessionClusterExtensions.AddSessionGrains"/> does for a member of a cluster.</summary>
    public static ISiloBuilder UseSoleSilo(this ISiloBuilder silo, string clusterId, string serviceId)
    {
        silo.AddSoleSessionGrains();
        silo.Services.AddHostedService<SessionDrain>();
        silo.UseLocalhostClustering(Port, gatewayPort: 0, serviceId: serviceId, clusterId: clusterId);
        foreach (var listening in silo.Services.Where(IsListenerFactory).ToArray())
        {
            silo.Services.Remove(listening);
            silo.Services.AddKeyedSingleton<IConnectionListenerFactory>(listening.ServiceKey, static (_, _) => new SilentListenerFactory());
        }

        return silo;
    }

    // Orleans registers one listener factory for silos and one for gateways, under its own service keys.
    private static bool IsListenerFactory(ServiceDescriptor service) => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory);

    private sealed class SilentListenerFactory : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new SilentListener(endpoint));
    }

    /// <summary>Accepts no connection. <see cref="AcceptAsync"/> completes when the listener is unbound.</summary>
    private sealed class SilentListener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_unbound.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
