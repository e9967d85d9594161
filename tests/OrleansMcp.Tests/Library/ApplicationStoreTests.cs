using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Server;
using Orleans.Hosting;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>A store that the application brings along, in the place of ours.</summary>
public sealed class ApplicationStoreTests
{
    private static readonly ServerSettings s_settings = new() { Store = StoreKind.Application, SessionIdKeys = [RandomNumberGenerator.GetBytes(32)] };

    private readonly DurableStorage _sessions = new();
    private readonly DurableRegistry _registry = new();
    private readonly DurableRecords _records = new();
    private readonly AuditList _audit = new();

    [Fact]
    public async Task A_session_lives_on_in_it_and_its_end_is_audited_there()
    {
        string id;
        await using (var server = await LibraryServer.StartAsync(Compose, settings: s_settings))
        {
            using var client = await server.Client().OpenAsync();
            Assert.Equal("1", await client.CallTextAsync("visit"));
            id = client.SessionId!;
        }

        await using var again = await LibraryServer.StartAsync(Compose, settings: s_settings);
        using var same = again.Client();
        same.SessionId = id;
        Assert.Equal("2", await same.CallTextAsync("visit"));
        await same.DeleteAsync();
        await Eventually.Holds(() => _audit.Entries.Any(entry => entry.Event == SignalName.SessionEnded), "the end was audited");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await same.PostAsync(Rpc.Request(9, "tools/list"))).Status);
    }

    [Fact]
    public async Task A_grain_storage_of_Orleans_holds_sessions()
    {
        var time = new FakeTimeProvider();
        await using var server = await LibraryServer.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(time);
                builder.UseOrleans(static silo => silo.AddMemoryGrainStorage(SessionStorage.Name));
                AddOthers(builder);
            },
            settings: s_settings);
        using var client = await server.Client().OpenAsync();
        Assert.Equal("1", await client.CallTextAsync("visit"));
        time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.Holds(
            async () =>
            {
                await server.Services.GetRequiredService<PassivationService>().TickAsync(CancellationToken.None);
                return !server.Services.GetRequiredService<Activations>().All.Any();
            },
            "the session left memory");
        Assert.Equal("2", await client.CallTextAsync("visit"));
    }

    [Fact]
    public void What_it_lacks_is_refused_by_name()
    {
        var refused = LibraryServer.Refusal<StartRefusedException>(static builder => builder.Services.AddMcpServer().WithTools<Tools>(), s_settings);
        foreach (var part in new[] { nameof(IGrainStorage), nameof(ISessionRegistry), nameof(IRecordStore), nameof(IAuditSink) })
        {
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        }
    }

    private void Compose(WebApplicationBuilder builder)
    {
        builder.Services.AddKeyedSingleton<IGrainStorage>(SessionStorage.Name, _sessions);
        AddOthers(builder);
    }

    private void AddOthers(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ISessionRegistry>(_registry).AddSingleton<IRecordStore>(_records).AddSingleton<IAuditSink>(_audit);
        builder.Services.AddMcpServer().WithTools<Tools>();
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "visit")]
        public static Task<int> VisitAsync(ISessionContext session, CancellationToken cancellationToken) =>
            session.State.UpdateAsync<int>("visits", static visits => visits + 1, cancellationToken);
    }
}
