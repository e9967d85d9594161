using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Tests.Hosting;

/// <summary>The session storage of a server, with a disk that is full when the test says so.</summary>
internal sealed class FailingStorage(IGrainStorage inner) : IGrainStorage, IReceiptAppendingStorage
{
    /// <summary>Nothing is written; what is read is true.</summary>
    public bool RefusesWrites { get; set; }

    /// <summary>Nothing is deleted.</summary>
    public bool RefusesClears { get; set; }

    /// <summary>Puts one before the server's storage. <paramref name="prepare"/> gets hold of it.</summary>
    public static void Replace(IServiceCollection services, Action<FailingStorage> prepare)
    {
        var former = services.Last(service => service.ServiceType == typeof(IGrainStorage) && Equals(service.ServiceKey, SessionStorage.Name));
        services.AddKeyedSingleton<IGrainStorage>(SessionStorage.Name, (provider, _) =>
        {
            var failing = new FailingStorage((IGrainStorage)ActivatorUtilities.CreateInstance(provider, former.KeyedImplementationType!));
            prepare(failing);
            return failing;
        });
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RefusesWrites ? throw new IOException("No space left on device.") : inner.WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RefusesClears ? throw new IOException("No space left on device.") : inner.ClearStateAsync(stateName, grainId, grainState);
}
