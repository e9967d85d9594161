using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage.Sqlite;

// Writes sessions of a SQLite store until it is killed, and says each write that was acknowledged: KEY NUMBER, a line each.
// Arguments: the data folder, and how many sessions are written at a time.
var writers = int.Parse(args[1], CultureInfo.InvariantCulture);
await using var services = new ServiceCollection()
    .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
    .AddSqliteStore(new SqliteStoreOptions(args[0]))
    .BuildServiceProvider();
var storage = services.GetRequiredKeyedService<IGrainStorage>(SessionStorage.Name);
var output = new Lock();
await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync($"s-{writer}"))));

async Task WriteAsync(string key)
{
    var grain = GrainId.Create("session", key);
    var state = new GrainState<StoredSession> { State = new StoredSession() };
    await storage.ReadStateAsync("session", grain, state);
    while (true)
    {
        var number = state.State!.Epoch + 1;
        state.State = new StoredSession { Epoch = number, Tenant = "acme", Client = "alice", Record = new byte[200] };
        await storage.WriteStateAsync("session", grain, state);
        lock (output)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key} {number}"));
        }
    }
}
