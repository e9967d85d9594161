using System.Text.Json;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Storage.Tests.Contracts;

/// <summary>Records of sessions of alice of acme, with 6 bytes of state.</summary>
internal static class SessionRecords
{
    public static SessionRecord Of(SessionKey key, long version) => new()
    {
        Key = key.Value, Owner = new SessionOwner("acme", "alice", "alice", null), Version = version,
        OpenedAt = DateTimeOffset.UnixEpoch, ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1), LastActiveAt = DateTimeOffset.UnixEpoch,
        State = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["n"] = JsonDocument.Parse("\"abc\"").RootElement.Clone() },
    };
}
